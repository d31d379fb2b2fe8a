// A real city for tests: the hamlet, served by Python on a port of its own until the test is over.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const PYTHON = join(ROOT, ".venv", "bin", "python");

/** The city that comes with Madang, with all its services. */
export const SEOUL = join(ROOT, "worlds", "seoul");

export interface Served {
  url: string;
  /** A token of a citizen. */
  token(name: string): string;
  close(): Promise<void>;
}

export async function serve(...options: string[]): Promise<Served> {
  const data = mkdtempSync(join(tmpdir(), "madang-"));
  const city = join(ROOT, "worlds", "hamlet");
  const told = ["-m", "server", "serve", "--port", "0", "--data", data, "--city", city, ...options];
  const process_ = spawn(PYTHON, told, { cwd: ROOT, env: { ...process.env, PYTHONPATH: ROOT } });
  const url = await urlOf(process_);
  return {
    url,
    token: (name) =>
      execFileSync(PYTHON, ["-m", "server", "token", "--sub", name, "--name", name, "--data", data], {
        cwd: ROOT,
        encoding: "utf8",
      }).trim(),
    close: () =>
      new Promise((closed) => {
        process_.once("exit", () => {
          rmSync(data, { recursive: true, force: true });
          closed();
        });
        process_.kill("SIGTERM");
      }),
  };
}

function urlOf(process_: ChildProcess): Promise<string> {
  return new Promise((found, failed) => {
    let told = "";
    const hear = (chunk: Buffer) => {
      told += chunk;
      const url = told.match(/http:\/\/[\d.]+:\d+/);
      if (url) found(url[0]);
    };
    process_.stdout?.on("data", hear);
    process_.stderr?.on("data", hear);
    process_.once("exit", () => failed(new Error(told)));
    process_.once("error", failed);
  });
}

/** Waits until something is so; the test's own time limit ends it otherwise. */
export async function until<T>(isSo: () => T | undefined | false): Promise<T> {
  for (;;) {
    const found = isSo();
    if (found) return found;
    await new Promise((later) => setTimeout(later, 10));
  }
}
