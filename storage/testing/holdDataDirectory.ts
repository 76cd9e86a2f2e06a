import { openDataDirectory } from "../dataDirectory.js";

await openDataDirectory(process.argv[2] as string);
process.stdout.write("open\n");
process.stdin.resume();
