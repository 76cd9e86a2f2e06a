/** Written into manifests: which version of Freshet made a generation. */
export const CODE_VERSION = "0.1.0";
