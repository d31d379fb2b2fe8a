// How the pages are built: three entries, hashed names, nothing inline (the city's CSP allows none).
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { precompressed } from "./build/precompressed.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const city = process.env["MADANG_CITY"] ?? "http://127.0.0.1:8080"; // `make serve`, for `npm run dev`

export default defineConfig({
  resolve: { alias: { madang: here("../typescript/src/index.ts") } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: here("../../server/web/built"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800, // three.js is one piece; the whole first visit is weighed by a test
    rolldownOptions: {
      input: { city: here("index.html"), console: here("console.html"), stage: here("stage.html") },
    },
  },
  plugins: [precompressed()],
  server: {
    proxy: {
      "/api": city,
      "/static": city,
      "/ws": { target: city.replace("http", "ws"), ws: true, rewriteWsOrigin: true },
    },
  },
});
