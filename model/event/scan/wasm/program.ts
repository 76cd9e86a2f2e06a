import { KERNEL } from "./kernel.generated.js";

/** What is used of WebAssembly's JavaScript interface, which Node's types leave out. */
interface WebAssemblyInterface {
  readonly validate: (code: Uint8Array) => boolean;
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
}

export interface KernelProgram {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  /** See kernel/scan.ts. */
  readonly scan: (from: number, through: number, shift: number, lowest: number, highest: number) => void;
}

let compiled: object | null | undefined;

/** Null where Node runs without WebAssembly or its vectors. */
const compile = (): object | null => {
  const { WebAssembly } = globalThis as { readonly WebAssembly?: WebAssemblyInterface };
  const code = Buffer.from(KERNEL, "base64");
  return WebAssembly?.validate(code) ? new WebAssembly.Module(code) : null;
};

/** The kernel with a memory of its own; null where it cannot run. */
export const startKernel = (): KernelProgram | null => {
  compiled ??= compile();
  if (compiled === null) return null;
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyInterface };
  const doubleOf = (start: number, end: number): number =>
    Number(Buffer.from(program.memory.buffer, start, end - start).toString("latin1"));
  const { exports } = new WebAssembly.Instance(compiled, { number: { doubleOf } });
  const program = exports as KernelProgram;
  return program;
};
