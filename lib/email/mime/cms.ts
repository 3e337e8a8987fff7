/** What a CMS object is (RFC 5652), and what is wrapped in it: `content` of what is signed, when it is not apart. */
export interface Cms {
	kind: 'signed' | 'encrypted';
	content?: Buffer;
}

const SIGNED = Buffer.from('2a864886f70d010702', 'hex');
const ENVELOPED = Buffer.from('2a864886f70d010703', 'hex');
const AUTHENTICATED = Buffer.from('2a864886f70d0109100117', 'hex');
const [INTEGER, OCTETS, OID, SEQUENCE, SET, EXPLICIT] = [0x02, 0x04, 0x06, 0x30, 0x31, 0xa0];
const CONSTRUCTED = 0x20;

/** Type, and where its contents begin and end; `end` is undefined when a mark ends them (indefinite length). */
interface Tag {
	type: number;
	start: number;
	end: number | undefined;
}

/**
 * Looks into a CMS object in BER, one step forward at a time: every length is checked against the bytes that are there. No signature
 * is checked. Undefined when it is none of the kinds that mail is made of.
 */
export function readCms(bytes: Buffer): Cms | undefined {
	const outer = enter(bytes, 0, SEQUENCE);
	const oid = outer === undefined ? undefined : tagAt(bytes, outer);
	if (oid?.type !== OID || oid.end === undefined) return undefined;
	const kind = bytes.subarray(oid.start, oid.end);
	if (kind.equals(ENVELOPED) || kind.equals(AUTHENTICATED)) return { kind: 'encrypted' };
	if (!kind.equals(SIGNED)) return undefined;
	const content = signedContent(bytes, oid.end);
	return content === undefined ? { kind: 'signed' } : { kind: 'signed', content };
}

/** `[0] { SignedData { version, digests, { type, [0] { octets } } … } }` */
function signedContent(bytes: Buffer, from: number): Buffer | undefined {
	let at = enter(bytes, from, EXPLICIT);
	at = enter(bytes, at, SEQUENCE);
	at = pass(bytes, at, INTEGER);
	at = pass(bytes, at, SET);
	at = enter(bytes, at, SEQUENCE);
	at = pass(bytes, at, OID);
	at = enter(bytes, at, EXPLICIT);
	return at === undefined ? undefined : octetsAt(bytes, at);
}

function tagAt(bytes: Buffer, at: number): Tag | undefined {
	if (at + 2 > bytes.length) return undefined;
	const type = bytes[at]!;
	const first = bytes[at + 1]!;
	// Numbers above 30 do not occur here.
	if ((type & 0x1f) === 0x1f && type !== 0) return undefined;
	if (first < 0x80) return { type, start: at + 2, end: Math.min(at + 2 + first, bytes.length) };
	if (first === 0x80) return (type & CONSTRUCTED) === 0 ? undefined : { type, start: at + 2, end: undefined };
	const count = first & 0x7f;
	if (count > 6 || at + 2 + count > bytes.length) return undefined;
	const start = at + 2 + count;
	return { type, start, end: Math.min(start + bytes.readUIntBE(at + 2, count), bytes.length) };
}

/** Offset of what stands in the object here, when it is of that type. */
function enter(bytes: Buffer, at: number | undefined, type: number): number | undefined {
	const tag = at === undefined ? undefined : tagAt(bytes, at);
	return tag?.type === type ? tag.start : undefined;
}

/** Offset behind the object here, when it is of that type. */
function pass(bytes: Buffer, at: number | undefined, type: number): number | undefined {
	const tag = at === undefined ? undefined : tagAt(bytes, at);
	if (tag?.type !== type) return undefined;
	if (tag.end !== undefined) return tag.end;
	let open = 1;
	let next = tag.start;
	while (open > 0) {
		const inner = tagAt(bytes, next);
		if (inner === undefined) return undefined;
		if (inner.type === 0) open--;
		else if (inner.end === undefined) open++;
		next = inner.end ?? inner.start;
	}
	return next;
}

/** An OCTET STRING, in one piece or in many. */
function octetsAt(bytes: Buffer, at: number): Buffer | undefined {
	const tag = tagAt(bytes, at);
	if (tag === undefined) return undefined;
	if (tag.type === OCTETS) return bytes.subarray(tag.start, tag.end);
	if (tag.type !== (OCTETS | CONSTRUCTED)) return undefined;
	const pieces: Buffer[] = [];
	const end = tag.end ?? bytes.length;
	let open = 1;
	for (let next = tag.start; next < end;) {
		const inner = tagAt(bytes, next);
		// What is cut short gives what came before.
		if (inner === undefined) break;
		next = inner.start;
		if (inner.type === OCTETS) {
			pieces.push(bytes.subarray(inner.start, inner.end));
			next = inner.end ?? end;
		} else if (inner.type === 0) {
			// Ends the innermost of those that a mark ends.
			if (tag.end === undefined && --open === 0) break;
		} else if (inner.type !== (OCTETS | CONSTRUCTED)) break;
		else if (inner.end === undefined) open++;
	}
	return Buffer.concat(pieces);
}
