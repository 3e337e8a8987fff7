/** A storage or stream of a compound file (MS-CFB section 2.6). */
export interface CompoundEntry {
	name: string;
	/** Streams and storages inside, when this is a storage. */
	children: CompoundEntry[];
	/** Bytes of a stream. Throws when its chain of sectors is broken. */
	read(): Buffer;
}

const SIGNATURE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const END_OF_CHAIN = 0xfffffffe;
const NO_STREAM = 0xffffffff;
const ENTRY_SIZE = 128;

/**
 * Opens a compound file. Throws a plain Error on a broken one.
 *
 * Chains of sectors and the tree of entries may run in rings in a hostile file: no chain is followed for longer than
 * the file has sectors, no entry is visited twice, and all streams together give no more than twice the file's bytes.
 */
export function readCompoundFile(bytes: Buffer): CompoundEntry {
	if (bytes.length < 512 || !bytes.subarray(0, 8).equals(SIGNATURE)) throw new Error('no compound file');
	const sectorShift = bytes.readUInt16LE(30);
	if (sectorShift !== 9 && sectorShift !== 12) throw new Error('sector size');
	const sectorSize = 1 << sectorShift;
	const sectorCount = Math.floor(bytes.length / sectorSize);
	const sector = (index: number): Buffer => {
		const at = (index + 1) * sectorSize;
		if (at >= bytes.length) throw new Error('sector outside of the file');
		return bytes.subarray(at, at + sectorSize);
	};
	const chainOf = (start: number, next: (index: number) => number, limit: number): number[] => {
		const chain: number[] = [];
		for (let index = start; index < END_OF_CHAIN; index = next(index)) {
			if (chain.length >= limit) throw new Error('endless chain');
			chain.push(index);
		}
		return chain;
	};

	const fatSectors = fatSectorList(bytes, sector, sectorSize, sectorCount);
	const perSector = sectorSize / 4;
	const nextSector = (index: number): number => {
		const holder = fatSectors[Math.floor(index / perSector)];
		return holder === undefined ? END_OF_CHAIN : u32(sector(holder), (index % perSector) * 4);
	};
	const readChain = (start: number): Buffer => Buffer.concat(chainOf(start, nextSector, sectorCount).map(sector));

	const directory = readChain(bytes.readUInt32LE(48));
	const miniFat = readChain(bytes.readUInt32LE(60));
	const cutoff = bytes.readUInt32LE(56);
	let miniStream: Buffer | undefined;
	let allowance = bytes.length * 2;

	const readStream = (start: number, size: number): Buffer => {
		allowance -= size;
		if (size > bytes.length || allowance < 0) throw new Error('streams larger than the file');
		if (size === 0) return Buffer.alloc(0);
		if (size >= cutoff) return readChain(start).subarray(0, size);
		const small = (miniStream ??= readChain(u32(directory, 116)));
		const chain = chainOf(start, (index) => (index * 4 + 4 <= miniFat.length ? u32(miniFat, index * 4) : END_OF_CHAIN), miniFat.length / 4 + 1);
		return Buffer.concat(chain.map((index) => small.subarray(index * 64, index * 64 + 64))).subarray(0, size);
	};

	const seen = new Set<number>();
	const childrenOf = (first: number): CompoundEntry[] => {
		const children: CompoundEntry[] = [];
		const waiting = [first];
		while (waiting.length > 0) {
			const index = waiting.pop()!;
			const at = index * ENTRY_SIZE;
			if (index === NO_STREAM || at + ENTRY_SIZE > directory.length || seen.has(index)) continue;
			seen.add(index);
			children.push(entryAt(at));
			waiting.push(u32(directory, at + 68), u32(directory, at + 72));
		}
		return children;
	};
	const entryAt = (at: number): CompoundEntry => {
		const nameLength = Math.min(Math.max(directory.readUInt16LE(at + 64) - 2, 0), 62);
		let children: CompoundEntry[] | undefined;
		return {
			name: directory.toString('utf16le', at, at + nameLength),
			get children() {
				return (children ??= directory[at + 66] === 2 ? [] : childrenOf(u32(directory, at + 76)));
			},
			read: () => readStream(u32(directory, at + 116), u32(directory, at + 120)),
		};
	};
	if (directory.length < ENTRY_SIZE) throw new Error('no directory');
	return entryAt(0);
}

/** Sectors that hold the allocation table: 109 in the header, the rest in a chain of their own (MS-CFB section 2.5). */
function fatSectorList(bytes: Buffer, sector: (index: number) => Buffer, sectorSize: number, sectorCount: number): number[] {
	const list: number[] = [];
	const add = (from: Buffer, count: number): void => {
		for (let i = 0; i < count; i++) {
			const index = u32(from, i * 4);
			if (index < END_OF_CHAIN - 1) list.push(index);
		}
	};
	add(bytes.subarray(76), 109);
	const perSector = sectorSize / 4 - 1;
	for (let next = bytes.readUInt32LE(68), steps = 0; next < END_OF_CHAIN - 1; steps++) {
		if (steps > sectorCount) throw new Error('endless chain');
		const table = sector(next);
		add(table, perSector);
		next = u32(table, perSector * 4);
	}
	return list;
}

const u32 = (bytes: Buffer, at: number): number => bytes.readUInt32LE(at);
