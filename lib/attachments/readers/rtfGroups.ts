import { ATTACHMENT_LIMITS } from '../../limits';

/** What stands in the groups of a document in RTF that are no text of it, and lead somewhere or hold something. */
export interface RtfGroups {
	texts: { name: 'fldinst' | 'footer' | 'header' | 'hlsrc' | 'template'; text: string }[];
	objects: Buffer[];
	pictures: Buffer[];
	/** An object is fetched from elsewhere. */
	hasLinkedObject: boolean;
	/** Groups lie too deep, or there are too many. */
	isCut: boolean;
}

type Name = RtfGroups['texts'][number]['name'];
const TEXTS: ReadonlyMap<string, Name> = new Map([
	['fldinst', 'fldinst'],
	['template', 'template'],
	['hlsrc', 'hlsrc'],
	...['header', 'headerl', 'headerr', 'headerf'].map((word) => [word, 'header'] as const),
	...['footer', 'footerl', 'footerr', 'footerf'].map((word) => [word, 'footer'] as const),
]);
/** Groups whose contents are hexadecimal. */
const BYTES: ReadonlySet<string> = new Set(['objdata', 'pict']);
const MAX_DEPTH = 2_000;
const MAX_GROUPS = 2_000;
/** Pictures of RTF that a camera may read a code in; metafiles and device bitmaps are not looked at. */
const PICTURE = /\\(?:pngblip|jpegblip)\b/;

/** A group whose contents are kept, and what is kept of it. */
interface Kept {
	name: string;
	parts: string[];
	binary: Buffer[];
	length: number;
	isPicture: boolean;
}

/** One step: a brace, a control word with its number, a control sign, a letter by its code, or text. */
const STEP = /([{}])|\\(?:([a-z]{1,32})(-?\d{1,10})? ?|'([\da-f]{2})|([^a-z]))|([^\\{}]{1,65536})/gi;

/**
 * Goes through a document in RTF once, and keeps what stands in groups that a reader does not see: instructions of fields, templates,
 * targets of shapes, headers, the bytes of objects and pictures. Whoever hides something breaks it with groups, words and blanks.
 */
export function rtfGroups(bytes: Buffer): RtfGroups {
	const raw = bytes.toString('latin1');
	const found: RtfGroups = { texts: [], objects: [], pictures: [], hasLinkedObject: false, isCut: false };
	/** For each open group what of it is kept; inside of a kept one it is the same. */
	const open: (Kept | undefined)[] = [];
	let depth = 0;
	let groups = 0;
	let substitutes = 0;
	const current = (): Kept | undefined => open.at(-1);
	const keep = (text: string): void => {
		const kept = current();
		if (kept === undefined) return;
		const max = BYTES.has(kept.name) ? 2 * ATTACHMENT_LIMITS.maxFileBytes : 2 * ATTACHMENT_LIMITS.maxLinkCharacters;
		if (kept.length > max) {
			found.isCut = true;
			return;
		}
		kept.length += text.length;
		kept.parts.push(text);
	};
	STEP.lastIndex = 0;
	for (let match = STEP.exec(raw); match !== null; match = STEP.exec(raw)) {
		const [whole, brace, word, parameter, code, sign, text] = match;
		if (brace === '{') {
			depth++;
			if (depth > MAX_DEPTH) found.isCut = true;
			else open.push(current());
		} else if (brace === '}') {
			if (depth-- > MAX_DEPTH) continue;
			const ended = open.pop();
			if (ended !== undefined && ended !== current()) end(found, ended);
			if (depth < 0) break;
		} else if (word !== undefined) {
			const name = word.toLowerCase();
			if (name === 'u' && parameter !== undefined) {
				keep(String.fromCharCode(Number(parameter) & 0xffff));
				substitutes = 1;
			} else if (name === 'bin') {
				const size = Math.max(0, Number(parameter ?? 0));
				const data = bytes.subarray(STEP.lastIndex, STEP.lastIndex + size);
				const kept = current();
				if (kept !== undefined && data.length > 0 && BYTES.has(kept.name)) kept.binary.push(data);
				STEP.lastIndex += data.length;
			} else if (/^obj(?:aut)?link$/.test(name)) found.hasLinkedObject = true;
			else if (name === 'pngblip' || name === 'jpegblip') {
				const kept = current();
				if (kept !== undefined) kept.isPicture = PICTURE.test(whole);
			} else if ((TEXTS.has(name) || BYTES.has(name)) && open.length > 0) {
				if (++groups > MAX_GROUPS) {
					found.isCut = true;
					break;
				}
				open[open.length - 1] = { name, parts: [], binary: [], length: 0, isPicture: false };
			}
		} else if (code !== undefined) {
			if (substitutes > 0) substitutes--;
			else if (!BYTES.has(current()?.name ?? '')) keep(String.fromCharCode(parseInt(code, 16)));
		} else if (sign !== undefined) {
			if (/[\\{}]/.test(sign)) keep(sign);
		} else if (text !== undefined) {
			keep(substitutes > 0 ? text.slice(1) : text);
			substitutes = 0;
		}
	}
	for (const kept of new Set(open)) if (kept !== undefined) end(found, kept);
	return found;
}

function end(found: RtfGroups, { name, parts, binary, isPicture }: Kept): void {
	const text = parts.join('');
	const known = TEXTS.get(name);
	if (known !== undefined) {
		found.texts.push({ name: known, text: text.replace(/[\r\n]/g, '') });
		return;
	}
	if (name === 'pict' && !isPicture) return;
	const digits = text.replace(/[^\da-f]/gi, '');
	const bytes = binary.length > 0 ? Buffer.concat(binary) : Buffer.from(digits.slice(0, digits.length & ~1), 'hex');
	if (bytes.length > 0) (name === 'pict' ? found.pictures : found.objects).push(bytes);
}
