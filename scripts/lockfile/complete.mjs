/**
 * `npm ci` refuses a lock file without an entry for each optional package, also those of other platforms. A registry that does not carry all
 * of them makes npm leave them out. This fills them in from their names; what is there stays as it is.
 */
export const completeLock = (lock) => {
  const packages = { ...lock.packages };
  for (const { name, version, dev } of missingOptional(lock)) {
    packages[`node_modules/${name}`] = { version, ...platformOf(name), ...(dev && { dev }), optional: true };
  }
  const [root, ...rest] = Object.entries(packages);
  return {
    ...lock,
    packages: Object.fromEntries([root, ...rest.sort(([a], [b]) => a.localeCompare(b, "en"))]),
  };
};

/** Optional packages that some package names and the lock file does not hold. */
export const missingOptional = ({ packages }) => {
  const missing = new Map();
  for (const [path, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (!isHeld(packages, path, name)) missing.set(name, { name, version, dev });
    }
  }
  return [...missing.values()];
};

/** As Node looks for it: beside the package, then in each folder above. */
const isHeld = (packages, path, name) => {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf("node_modules/") - 1))) {
    if (packages[`${at === "" ? "" : `${at}/`}node_modules/${name}`]) return true;
    if (at === "") return false;
    if (!at.includes("node_modules/")) at = "";
  }
};

const OSES = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];
const CPUS = ["arm64", "arm", "ia32", "ppc64", "riscv64", "s390x", "x64"];

const platformOf = (name) => {
  const parts = name.split(/[/-]/);
  const os = OSES.find((part) => parts.includes(part));
  const cpu = CPUS.find((part) => parts.includes(part));
  if (!os || !cpu)
    throw new Error(`${name} is optional and missing, and its name does not say for which platform it is`);
  const libc = os !== "linux" ? null : parts.some((part) => part.startsWith("musl")) ? "musl" : "glibc";
  return { cpu: [cpu], ...(libc && { libc: [libc] }), os: [os] };
};
