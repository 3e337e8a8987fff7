import { crc32, deflateRawSync } from 'node:zlib';

/** A zip whose entries are stored as they are. */
export const storedZip = (files: Record<string, Buffer>): Buffer => zipOf(files, (content) => content, 0);

/** A zip whose entries are packed; it claims that they are as large as `claimed` says, where that is given. */
export const packedZip = (files: Record<string, Buffer>, claimed?: number): Buffer =>
	zipOf(files, (content) => deflateRawSync(content), 8, claimed);

function zipOf(
	files: Record<string, Buffer>,
	pack: (content: Buffer) => Buffer,
	method: number,
	claimed?: number,
): Buffer {
	const parts: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const [name, content] of Object.entries(files)) {
		const fields = Buffer.alloc(26);
		const packed = pack(content);
		fields.writeUInt16LE(20, 0);
		fields.writeUInt16LE(method, 4);
		fields.writeUInt32LE(crc32(content), 10);
		fields.writeUInt32LE(packed.length, 14);
		fields.writeUInt32LE(claimed ?? content.length, 18);
		fields.writeUInt16LE(name.length, 22);
		const local = Buffer.concat([Buffer.from('504b0304', 'hex'), fields, Buffer.from(name), packed]);
		const tail = Buffer.alloc(14);
		tail.writeUInt32LE(offset, 10);
		directory.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), fields, tail, Buffer.from(name)]));
		parts.push(local);
		offset += local.length;
	}
	const central = Buffer.concat(directory);
	const end = Buffer.alloc(22);
	end.write('504b0506', 'hex');
	end.writeUInt16LE(directory.length, 8);
	end.writeUInt16LE(directory.length, 10);
	end.writeUInt32LE(central.length, 12);
	end.writeUInt32LE(offset, 16);
	return Buffer.concat([...parts, central, end]);
}
