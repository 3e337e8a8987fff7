import { utf16Text } from '../../text';
import { Budget } from '../budget';
import { MapiReading } from './mapi';

/** A storage or stream of a compound file (MS-CFB section 2.6). */
export interface CompoundEntry {
	name: string;
	isStorage: boolean;
	/** Bytes of a stream, as the directory tells. */
	size: number;
	/** Streams and storages inside, when this is a storage. */
	children: CompoundEntry[];
	/** Bytes of a stream, as far as they can be read: `whole` when that is all of them. */
	read(): { bytes: Buffer; whole: boolean };
}

/** Whether bytes begin as those of a compound file. */
export const isCompoundFile = (bytes: Buffer): boolean => bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE);

const SIGNATURE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const END_OF_CHAIN = 0xfffffffe;
const NO_STREAM = 0xffffffff;
const ENTRY_SIZE = 128;
/** Streams below this size lie in the mini stream, in sectors of their own (MS-CFB section 2.2 allows no other values). */
const MINI_CUTOFF = 4096;
const MINI_SHIFT = 6;
const MINI_SECTOR = 1 << MINI_SHIFT;
const STREAM = 2;

/**
 * Opens a compound file. In a hostile file every number lies. A chain of sectors is followed for as many as the size
 * of its stream needs, all chains together for no more than twice the file's bytes, and no entry of the directory is
 * visited twice; `reading` counts the entries.
 *
 * @throws a plain Error when it is none; what is broken inside is left out and told to `reading`
 */
export function readCompoundFile(bytes: Buffer, reading: MapiReading): CompoundEntry {
	if (bytes.length < 512 || !isCompoundFile(bytes)) throw new Error('no compound file');
	const sectorShift = bytes.readUInt16LE(30);
	if (sectorShift !== 9 && sectorShift !== 12) throw new Error('sector size');
	if (bytes.readUInt16LE(32) !== MINI_SHIFT || bytes.readUInt32LE(56) !== MINI_CUTOFF)
		throw new Error('mini sector size');
	const sectorSize = 1 << sectorShift;
	const sectorCount = Math.ceil(bytes.length / sectorSize) - 1;
	let allowance = bytes.length * 2;

	/** Undefined outside of the file. The last sector may be cut short. */
	const sector = (index: number): Buffer | undefined =>
		index < sectorCount ? bytes.subarray((index + 1) * sectorSize, (index + 2) * sectorSize) : undefined;
	const damaged = (): void => {
		if (!reading.stopped) reading.warnings.notice('outlook-damaged');
	};
	/** The sectors of a chain, `count` at most. One that ends early or leaves the file is told as damaged when `exact`. */
	const chain = (
		start: number,
		count: number,
		exact: boolean,
		at: (index: number) => Buffer | undefined,
		next: (index: number) => number,
	): Buffer[] => {
		const pieces: Buffer[] = [];
		for (let index = start; pieces.length < count; index = next(index)) {
			const piece = at(index);
			if (piece === undefined) {
				if (exact || index < END_OF_CHAIN) damaged();
				break;
			}
			allowance -= piece.length;
			if (allowance < 0) reading.stop('outlook-too-large');
			if (reading.stopped) break;
			pieces.push(piece);
		}
		return pieces;
	};

	const fat = fatSectors(bytes, sector, sectorSize, sectorCount);
	const perSector = sectorSize / 4;
	const nextSector = (index: number): number =>
		u32(sector(fat[Math.floor(index / perSector)] ?? NO_STREAM), (index % perSector) * 4);

	// Nothing says how long the directory is: its chain ends, or comes back to a sector that was seen.
	const visited = new Set<number>();
	const newSector = (index: number): Buffer | undefined => {
		if (visited.has(index)) return undefined;
		visited.add(index);
		return sector(index);
	};
	const directory = Buffer.concat(chain(bytes.readUInt32LE(48), sectorCount, false, newSector, nextSector));
	if (directory.length < ENTRY_SIZE) throw new Error('no directory');

	const readBig = (start: number, size: number): Buffer =>
		Buffer.concat(chain(start, Math.ceil(size / sectorSize), true, sector, nextSector)).subarray(0, size);
	let mini: { stream: Buffer; fat: Buffer } | undefined;
	const openMini = (): { stream: Buffer; fat: Buffer } => {
		const size = Math.min(u32(directory, 120), bytes.length);
		return {
			stream: readBig(u32(directory, 116), size),
			fat: readBig(bytes.readUInt32LE(60), Math.ceil(size / MINI_SECTOR) * 4),
		};
	};
	const miniSector = (index: number): Buffer | undefined => {
		const piece =
			index < END_OF_CHAIN ? mini!.stream.subarray(index * MINI_SECTOR, (index + 1) * MINI_SECTOR) : undefined;
		return piece?.length === 0 ? undefined : piece;
	};
	const nextMini = (index: number): number => u32(mini!.fat, index * 4);
	const readSmall = (start: number, size: number): Buffer => {
		mini ??= openMini();
		return Buffer.concat(chain(start, Math.ceil(size / MINI_SECTOR), true, miniSector, nextMini)).subarray(0, size);
	};
	const readStream = (start: number, size: number): { bytes: Buffer; whole: boolean } => {
		if (size > bytes.length) {
			damaged();
			return { bytes: Buffer.alloc(0), whole: false };
		}
		const content = size < MINI_CUTOFF ? readSmall(start, size) : readBig(start, size);
		// A chain that ends early is told by itself; its last sector may be cut short, too.
		if (content.length < size) damaged();
		return { bytes: content, whole: content.length === size };
	};

	const seen = new Set<number>();
	const childrenOf = (first: number): CompoundEntry[] => {
		const children: CompoundEntry[] = [];
		const waiting = [first];
		while (waiting.length > 0) {
			const index = waiting.pop()!;
			const at = index * ENTRY_SIZE;
			if (index === NO_STREAM) continue;
			if (at + ENTRY_SIZE > directory.length || seen.has(index)) {
				damaged();
				continue;
			}
			if (!reading.mayGoOn()) break;
			seen.add(index);
			children.push(entryAt(at));
			waiting.push(u32(directory, at + 68), u32(directory, at + 72));
		}
		return children;
	};
	const entryAt = (at: number): CompoundEntry => {
		const nameLength = Math.min(Math.max(directory.readUInt16LE(at + 64) - 2, 0), 62);
		const isStorage = directory[at + 66] !== STREAM;
		let children: CompoundEntry[] | undefined;
		// Once: what was read counts against what the file may take.
		let content: ReturnType<CompoundEntry['read']> | undefined;
		return {
			name: utf16Text(directory, at, at + nameLength),
			isStorage,
			size: isStorage ? 0 : u32(directory, at + 120),
			get children() {
				return (children ??= isStorage ? childrenOf(u32(directory, at + 76)) : []);
			},
			read: () => (content ??= readStream(u32(directory, at + 116), u32(directory, at + 120))),
		};
	};
	seen.add(0);
	return entryAt(0);
}

/**
 * As {@link readCompoundFile}, for those who read other files than messages; `isDamaged` and `isCut` say at any time what was met.
 *
 * @throws a plain Error when it is none
 */
export function openCompoundFile(
	bytes: Buffer,
	maxMilliseconds?: number,
): { root: CompoundEntry; isDamaged: () => boolean; isCut: () => boolean } {
	const reading = new MapiReading(new Budget({ maxMilliseconds }));
	const root = readCompoundFile(bytes, reading);
	return { root, isDamaged: () => reading.warnings.has('outlook-damaged'), isCut: () => reading.stopped };
}

/**
 * Sectors that hold the allocation table: 109 in the header, the rest in a chain of their own (MS-CFB section 2.5). As many as
 * the sectors of the file need.
 */
function fatSectors(
	bytes: Buffer,
	sector: (index: number) => Buffer | undefined,
	sectorSize: number,
	sectorCount: number,
): number[] {
	const list: number[] = [];
	const perSector = sectorSize / 4;
	const needed = Math.ceil(sectorCount / perSector);
	const add = (from: Buffer, count: number): void => {
		for (let i = 0; i < count && list.length < needed; i++) {
			const index = u32(from, i * 4);
			if (index < END_OF_CHAIN - 1) list.push(index);
		}
	};
	add(bytes.subarray(76), 109);
	for (let next = bytes.readUInt32LE(68), steps = 0; list.length < needed && steps < needed; steps++) {
		const table = sector(next);
		if (table === undefined) break;
		add(table, perSector - 1);
		next = u32(table, (perSector - 1) * 4);
	}
	return list;
}

/** What lies outside of the bytes ends a chain. */
const u32 = (bytes: Buffer | undefined, at: number): number =>
	bytes !== undefined && at + 4 <= bytes.length ? bytes.readUInt32LE(at) : END_OF_CHAIN;
