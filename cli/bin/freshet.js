#!/usr/bin/env node
import { main } from "../dist/main.js";

// Whoever reads may have enough before the end: `freshet top ... | head`.
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
process.exitCode = await main(process.argv);
