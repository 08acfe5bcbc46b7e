/**
 * Prisma turns queries of its own language into SQL by a WebAssembly module of 3.4 MB, which it loads with the first connection,
 * even where every statement is SQL, as all of ours are: CPU and memory in every process, for nothing. This stands in its place.
 *
 * Should a later Prisma load its compiler in another way, it loads its own again and nothing else changes. A query in Prisma's
 * language fails with the sentence below, in the first test that reaches it.
 */
export const WITHOUT_QUERY_COMPILER = {
  // Not among the options that Prisma documents: what its own tests use.
  __internal: { configOverride: (config: object) => ({ ...config, compilerWasm: NO_QUERY_COMPILER }) },
};

const NO_QUERY_COMPILER = {
  getRuntime: () => Promise.resolve({ QueryCompiler: NoQueryCompiler, __wbg_set_wasm: () => undefined }),
  getQueryCompilerWasmModule: () => Promise.resolve(new Wasm.Module(EMPTY_MODULE)),
  importName: './none.js',
};

class NoQueryCompiler {
  compile(): never {
    throw new Error('Statements are SQL here: $queryRaw and $executeRaw, not the models of the Prisma client.');
  }

  compileBatch(): never {
    return this.compile();
  }

  free(): void {
    // There is nothing to give back.
  }
}

/** A module with one function that does nothing, `__wbindgen_start`: Prisma calls it once. */
const EMPTY_MODULE = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // `\0asm`, version 1
  ...[0x01, 0x04, 0x01, 0x60, 0x00, 0x00], // one type: no parameters, no results
  ...[0x03, 0x02, 0x01, 0x00], // one function of it
  ...[0x07, 0x14, 0x01, 0x10, ...Buffer.from('__wbindgen_start'), 0x00, 0x00], // exported
  ...[0x0a, 0x04, 0x01, 0x02, 0x00, 0x0b], // with an empty body
]);

/** Node has it; the types that are used here come with browsers. */
const Wasm = (globalThis as unknown as { WebAssembly: { Module: new (bytes: Uint8Array) => object } }).WebAssembly;
