import { readFileSync } from 'node:fs';
import type { WrappedPdfiumModule } from '@embedpdf/pdfium';
import { lazy } from '../../lazy';
import { utf16Text } from '../../text';

type Memory = Uint8Array<ArrayBuffer>;

/** PDFium, with what its functions need of memory. One for a worker. */
export class Pdfium {
	readonly functions: WrappedPdfiumModule;

	private constructor(functions: WrappedPdfiumModule) {
		this.functions = functions;
	}

	static readonly #loaded = lazy(async () => {
		const { init } = require('@embedpdf/pdfium') as typeof import('@embedpdf/pdfium');
		const silent = (): void => undefined;
		const wasmBinary = readFileSync(require.resolve('@embedpdf/pdfium/pdfium.wasm'));
		const functions = await init({ wasmBinary, print: silent, printErr: silent } as never);
		functions.PDFiumExt_Init();
		return new Pdfium(functions);
	});

	static async load(): Promise<Pdfium> {
		return await Pdfium.#loaded();
	}

	/** The memory as it is now: it moves when it grows. */
	get bytes(): Memory {
		return (this.functions.pdfium as unknown as { HEAPU8: Memory }).HEAPU8;
	}

	get view(): DataView {
		return new DataView(this.bytes.buffer);
	}

	/** @throws RangeError when there is no memory */
	allocate(size: number): number {
		const at = this.functions.pdfium.wasmExports.malloc(size);
		if (at === 0) throw new RangeError('out of memory');
		return at;
	}

	/** Opens a document with a password whose bytes stand in memory, a zero behind them. */
	loadWith(at: number, size: number, password: number): number {
		return Number(
			this.functions.pdfium.ccall(
				'FPDF_LoadMemDocument',
				'number',
				['number', 'number', 'number'],
				[at, size, password],
			),
		);
	}

	free(at: number): void {
		this.functions.pdfium.wasmExports.free(at);
	}

	/** Memory for as long as `use` takes. */
	with<T>(size: number, use: (at: number) => T): T {
		const at = this.allocate(size);
		try {
			return use(at);
		} finally {
			this.free(at);
		}
	}

	/** A text that a function gives in UTF-16: first its size in bytes, then the text. */
	wideText(read: (buffer: number, size: number) => number, maxBytes: number): string {
		const size = Math.min(read(0, 0) & ~1, maxBytes);
		// The zero that ends it is counted.
		if (size <= 2) return '';
		return this.with(size, (at) => {
			this.bytes.fill(0, at, at + size);
			read(at, size);
			return utf16Text(Buffer.from(this.bytes.buffer, at, size)).split('\0', 1)[0]!;
		});
	}

	/** The same of a function that gives bytes, the zero that ends them counted. Undefined where there is more than asked for. */
	byteText(read: (buffer: number, size: number) => number, maxBytes: number): string | undefined {
		const size = read(0, 0);
		if (size <= 1) return '';
		if (size > maxBytes) return undefined;
		return this.with(size, (at) => {
			this.bytes.fill(0, at, at + size);
			read(at, size);
			return textOf(Buffer.from(this.bytes.subarray(at, at + size - 1)));
		});
	}
}

/** Strings of a PDF are UTF-16 with a mark, or bytes. */
function textOf(bytes: Buffer): string {
	if (bytes[0] === 0xfe && bytes[1] === 0xff)
		return utf16Text(Buffer.from(bytes.subarray(2, bytes.length & ~1)).swap16());
	const text = bytes.toString('utf8');
	return text.includes('\ufffd') ? bytes.toString('latin1') : text;
}
