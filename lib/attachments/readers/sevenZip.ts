import { ATTACHMENT_LIMITS } from '../../limits';
import type { OpenFile } from '../contract';
import { riskOfName } from '../names';

/**
 * An extra library that is not shipped: it is under the LGPL, and its part for RAR under a licence of its own. Who accepts them installs
 * it beside this package.
 */
const LIBRARY: string = '7z-wasm';

interface Stats {
	mode: number;
	size: number;
}

interface FileSystem {
	mkdir(path: string): void;
	writeFile(path: string, bytes: Uint8Array): void;
	readFile(path: string): Uint8Array;
	readdir(path: string): string[];
	lstat(path: string): Stats;
	isDir(mode: number): boolean;
	isFile(mode: number): boolean;
	/** What writes into files: the table that they all refer to. */
	filesystems: { MEMFS: { ops_table: { file: { stream: { write: (...given: unknown[]) => number } } } } };
}

interface SevenZip {
	FS: FileSystem;
	callMain(options: string[]): void;
}

type Load = (options: Record<string, unknown>) => Promise<SevenZip>;

/** True when the extra library is installed where this package finds it. */
export function hasSevenZip(): boolean {
	try {
		require.resolve(LIBRARY);
		return true;
	} catch {
		return false;
	}
}

/** Reads an archive with the extra library, for whoever wants that. Names first, then the files, as far as they fit. */
export async function readWithSevenZip(file: OpenFile): Promise<void> {
	if (!file.otherArchives) return;
	if (!hasSevenZip()) {
		file.tell({ notRead: ['archive-library'] });
		return;
	}
	// eslint-disable-next-line @typescript-eslint/no-require-imports -- not one of the dependencies: see above
	const load = require(LIBRARY) as Load;
	const open = async (password: string): Promise<Archive> => await Archive.open(load, file, password);
	const listed = await open('');
	let entries = listed.list();
	let password = '';
	if (entries === undefined || entries.some(({ isEncrypted }) => isEncrypted)) {
		const isMisread = entries === undefined && !listed.saysPassword;
		if (isMisread) throw new Error('no archive');
		file.tell({ flags: ['password-protected'] });
		const opened = await wordThatOpens(file, open);
		if (opened === undefined) {
			tellNames(file, entries ?? []);
			file.tell({ notRead: ['password'] });
			return;
		}
		file.tell({ properties: { password: opened }, flags: ['password-in-message'] });
		password = opened;
		entries = (await open(password)).list();
	}
	tellNames(file, entries ?? []);
	const archive = await open(password);
	archive.takeOut();
}

interface Entry {
	name: string;
	isFolder: boolean;
	isEncrypted: boolean;
}

function tellNames(file: OpenFile, entries: readonly Entry[]): void {
	const files = entries.filter(({ isFolder }) => !isFolder);
	const flags = new Set(files.map(({ name }) => riskOfName(name)).filter((flag) => flag !== undefined));
	file.tell({ properties: { entries: files.length }, flags: [...flags] });
}

/** Each try makes a key of half a million rounds: as many as the time allows. */
async function wordThatOpens(
	file: OpenFile,
	open: (password: string) => Promise<Archive>,
): Promise<string | undefined> {
	const end = performance.now() + ATTACHMENT_LIMITS.fileMs / 2;
	for (const word of file.passwords) {
		if (performance.now() > end) {
			file.tell({ notRead: ['time'] });
			return undefined;
		}
		if ((await open(word)).test()) return word;
	}
	return undefined;
}

/** One archive in the memory of a fresh instance. */
class Archive {
	readonly #program: SevenZip;
	readonly #file: OpenFile;
	readonly #password: string;
	#lines: string[] = [];
	#isFull = false;
	saysPassword = false;

	private constructor(program: SevenZip, file: OpenFile, password: string) {
		this.#program = program;
		this.#file = file;
		this.#password = password;
	}

	static async open(load: Load, file: OpenFile, password: string): Promise<Archive> {
		const told: { archive?: Archive } = {};
		const hear = (line: string): void => told.archive?.hear(line);
		const program = await load({
			print: hear,
			printErr: hear,
			stdin: () => null,
			quit: (code: number) => {
				throw new Error(`exit ${code}`);
			},
		});
		const archive = (told.archive = new Archive(program, file, password));
		program.FS.mkdir('/in');
		program.FS.writeFile('/in/file', file.bytes);
		return archive;
	}

	hear(printed: string): void {
		// Its progress is wiped out with backspaces.
		const line = printed.slice(printed.lastIndexOf('\b') + 1);
		if (/wrong password|encrypted archive|enter password/i.test(line)) this.saysPassword = true;
		if (this.#lines.length < 20 * ATTACHMENT_LIMITS.maxNamedEntries) this.#lines.push(line);
	}

	/** Gives whether it worked. */
	#run(...options: string[]): boolean {
		this.#lines = [];
		try {
			// A password that begins with a dash, or is none, is one all the same.
			this.#program.callMain([...options, `-p${this.#password}`, '/in/file']);
			return !this.#lines.some((line) => /^(?:ERROR|Can't open|Archives with Errors|Sub items Errors)/i.test(line));
		} catch {
			// It asks for a password, and there is nobody to answer.
			if (this.#lines.length === 0) this.saysPassword = true;
			return false;
		}
	}

	/** Undefined when it cannot be listed. */
	list(): Entry[] | undefined {
		const isListed = this.#run('l', '-slt', '-ba');
		const entries: Entry[] = [];
		for (const line of this.#lines) {
			const [, key = '', value = ''] = /^(\w[\w ]{1,30}) = (.*)$/.exec(line) ?? [];
			if (key === 'Path') entries.push({ name: value, isFolder: false, isEncrypted: false });
			const last = entries.at(-1);
			if (last === undefined) continue;
			if (key === 'Attributes' && /^D/.test(value)) last.isFolder = true;
			if (key === 'Folder' && value === '+') last.isFolder = true;
			if (key === 'Encrypted' && value === '+') last.isEncrypted = true;
		}
		return isListed || entries.length > 0 ? entries : undefined;
	}

	/** Whether its password opens it. */
	test(): boolean {
		return this.#run('t', '-y');
	}

	/** Unpacks into memory, and stops where the room ends: the declared sizes are what a sender says. */
	takeOut(): void {
		const { FS } = this.#program;
		const file = this.#file;
		const operations = FS.filesystems.MEMFS.ops_table.file.stream;
		const { write } = operations;
		let left = Math.min(
			file.inflatable,
			Math.max(ATTACHMENT_LIMITS.freeInflatedBytes, file.bytes.length * ATTACHMENT_LIMITS.maxRatio),
		);
		let cut: string | undefined;
		operations.write = (...given) => {
			left -= Number(given[3] ?? 0);
			if (left < 0) {
				this.#isFull = true;
				cut = (given[0] as { path?: string } | undefined)?.path;
				throw new Error('full');
			}
			return write(...given);
		};
		const isWhole = this.#run('x', '-y', '-o/out');
		operations.write = write;
		if (this.#isFull) file.tell({ notRead: ['bytes'] });
		else if (!isWhole) file.tell({ flags: ['damaged'] });
		let count = 0;
		for (const path of filesIn(FS, '/out', 0)) {
			// Of a part of a file the hashes would be wrong.
			if (path === cut) continue;
			if (++count > ATTACHMENT_LIMITS.maxChildren) {
				file.tell({ notRead: ['children'] });
				return;
			}
			const bytes = FS.readFile(path);
			if (bytes.length > file.inflatable) {
				file.tell({ notRead: ['bytes'] });
				return;
			}
			file.inflatable -= bytes.length;
			file.tell({ files: [{ name: path.slice('/out/'.length), bytes }] });
		}
	}
}

function* filesIn(FS: FileSystem, folder: string, depth: number): Generator<string> {
	if (depth > 32) return;
	let names: string[];
	try {
		names = FS.readdir(folder);
	} catch {
		// Nothing came out.
		return;
	}
	for (const name of names) {
		if (name === '.' || name === '..') continue;
		const path = `${folder}/${name}`;
		// Of links nothing is followed.
		const { mode } = FS.lstat(path);
		if (FS.isDir(mode)) yield* filesIn(FS, path, depth + 1);
		else if (FS.isFile(mode)) yield path;
	}
}
