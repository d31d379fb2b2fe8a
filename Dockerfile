FROM node:22-slim AS pages
WORKDIR /source/clients
COPY clients .
RUN npm ci --ignore-scripts --loglevel error && npm run build --workspace madang-web --silent

FROM python:3.11-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY bots bots
COPY protocol protocol
COPY server server
COPY worlds worlds
COPY --from=pages /source/server/web/built server/web/built
RUN pip wheel --quiet --no-cache-dir --wheel-dir /wheels . \
    && python -m venv /opt/madang \
    && /opt/madang/bin/pip install --quiet --no-cache-dir --no-index --find-links /wheels madang

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home madang && install -d -m 700 -o madang /data
COPY --from=build /opt/madang /opt/madang
ENV PATH=/opt/madang/bin:$PATH \
    MADANG_LISTEN__HOST=0.0.0.0 \
    MADANG_DATA__DIR=/data \
    MADANG_LOG__FORMAT=json
USER madang
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/readyz', timeout=2)"]
ENTRYPOINT ["madang"]
CMD ["serve"]
