/** The memory of a WASM instance; it never gets smaller. */
export interface WasmMemory {
	readonly buffer: ArrayBuffer;
	/** Adds pages of 64 KiB, and gives how many there were. Throws when there are no more. */
	grow(pages: number): number;
}

/** What is used of WebAssembly. The compiler knows it as a part of browsers only. */
interface WebAssemblyScope {
	Memory: { prototype: WasmMemory };
	RuntimeError: new () => Error;
	compile: (bytes: Uint8Array) => Promise<object>;
}

export const { Memory, RuntimeError, compile } = (globalThis as unknown as { WebAssembly: WebAssemblyScope })
	.WebAssembly;
