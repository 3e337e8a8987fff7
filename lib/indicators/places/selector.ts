import { cutOutside, nextSign, unescaped } from './declared';

/** What selectors ask of an element. */
export interface StyledElement {
	tag: string;
	id: string;
	classes: readonly string[];
	/** As far as a selector may ask for them; the first of its name counts. */
	attributes: readonly { name: string; value: string }[];
	/** Which child it is, from 1 on. */
	position: number;
	parent: StyledElement | undefined;
}

interface Compound {
	tag?: string;
	id?: string;
	classes: readonly string[];
	attributes: readonly AttributeTest[];
	/** One of each list must fit, or none. */
	lists: readonly { fits: boolean; compounds: Compound[] }[];
	nth: readonly { step: number; start: number }[];
	isRoot?: true;
}

/** One that is being read. */
type OpenCompound = { -readonly [Name in keyof Compound]: Compound[Name] } & {
	classes: string[];
	attributes: AttributeTest[];
	lists: { fits: boolean; compounds: Compound[] }[];
	nth: { step: number; start: number }[];
};

interface AttributeTest {
	name: string;
	operator: string;
	value: string;
	ignoresCase: boolean;
}

/** One selector that can be told of an element and those around it. */
export interface Selector {
	/** From the element itself outwards; how each stands to the one before. */
	compounds: readonly { compound: Compound; isParent: boolean }[];
	/** Ids, classes and tags, as one number that grows with them. */
	specificity: number;
	/** Whether nothing but tag, id and classes of the element itself decides. */
	isPlain: boolean;
	asksAttributes: boolean;
}

const MOST_SELECTOR = 1_000;
const MOST_COMPOUNDS = 20;

/** Letters, and what a backslash makes one; the blank that may end an escape belongs to it. */
const NAME = '(?:[\\w-]|[^\\x00-\\x7f]|\\\\(?:[0-9a-f]{1,6} ?|[^\\n0-9a-f]))+';
const TAG = new RegExp(`\\*|(?:[\\w-]*\\|)?${NAME}`, 'iy');
const SIGNED = new RegExp(`([.#])(${NAME})`, 'iy');
const PSEUDO = /:([a-z-]{1,30})/iy;
/** Of what is read without its blanks at the ends. */
const ATTRIBUTE_NAME = new RegExp(`^(${NAME})$`, 'i');
const ATTRIBUTE_VALUE = /^(?:"([^"]*)"|'([^']*)'|([^"'\s]+))(?:\s*([is]))?$/i;
const COMBINATOR = /\s*([>+~])\s*|\s+/y;
const NTH = /^(?:([+-]?\d{0,6})n\s*(?:([+-])\s*(\d{1,6}))?|([+-]?\d{1,6})|(odd|even))$/;

const names = (words: string): ReadonlySet<string> => new Set(words.split(' '));
/** Pseudo-classes and pseudo-elements that browsers know, whether they can be told here or not. */
const KNOWN = names(
	'root first-child last-child only-child first-of-type last-of-type only-of-type nth-child nth-last-child nth-of-type nth-last-of-type empty not is where has matches any-link link visited local-link target target-within scope hover active focus focus-visible focus-within current past future playing paused enabled disabled read-only read-write placeholder-shown autofill default checked indeterminate blank valid invalid in-range out-of-range required optional user-valid user-invalid lang dir host host-context defined fullscreen modal picture-in-picture open popover-open state first left right before after first-line first-letter selection marker placeholder backdrop cue part slotted file-selector-button target-text highlight spelling-error grammar-error details-content view-transition',
);
const PSEUDO_NAMES = /::?(-?[a-z][\w-]{0,60})/gi;
const QUOTED_OR_BRACKETED = /"[^"]{0,200}"|'[^']{0,200}'|\[[^\]]{0,200}\]|\\./g;

/** Those of them that can be told here. */
const TOLD = names('root first-child link any-link nth-child not is where matches -webkit-any');

/**
 * Whether a selector may be told of an element here. `unknown`: browsers do not know it, which makes the whole rule void, the others of
 * its list included.
 */
export function lookAtSelector(written: string): 'unknown' | 'untold' | 'told' {
	if (written.trim() === '') return 'unknown';
	if (!written.includes(':') || written.length > MOST_SELECTOR) return 'told';
	let isTold = true;
	for (const [, name = ''] of written.replace(QUOTED_OR_BRACKETED, '').matchAll(PSEUDO_NAMES)) {
		const lower = name.toLowerCase();
		if (!KNOWN.has(lower) && !lower.startsWith('-webkit-')) return 'unknown';
		isTold &&= TOLD.has(lower);
	}
	return isTold ? 'told' : 'untold';
}

/** Names, blanks and `>`: what most selectors consist of. Such a one asks for no attributes, and what it is found by stands at its end. */
const NAMES_ONLY = /^[\w \t\n\f\r.#>-]{1,1000}$/;
const LAST_NAMES = /(?:^|[ \t\n\f\r>])([a-z][\w-]*)?(?:\.([\w-]+)(?:\.[\w-]+)*)?$/i;

/** A selector that is read when an element is met that it may speak of: of most selectors of a sheet there is none in the message. */
export class LateSelector {
	/** By what an element is found that it may speak of. */
	readonly key: string;
	readonly asksAttributes: boolean;
	readonly #written: string;
	#read: Selector | undefined;
	#isRead = false;

	private constructor(written: string, key: string, read?: Selector) {
		this.#written = written;
		this.key = key;
		this.#read = read;
		this.#isRead = read !== undefined;
		this.asksAttributes = read?.asksAttributes === true;
	}

	/** Undefined for what is known to be damaged, or not to be told here. */
	static of(written: string): LateSelector | undefined {
		const text = written.trim();
		const last = NAMES_ONLY.test(text) ? LAST_NAMES.exec(text) : null;
		if (last !== null) {
			const [, tag = '', name] = last;
			if (name !== undefined || tag !== '')
				return new LateSelector(text, name === undefined ? tag.toLowerCase() : `.${name}`);
		}
		const read = readSelector(text);
		return read && new LateSelector(text, keyOf(read), read);
	}

	/** Undefined when it turns out to be damaged. */
	get(): Selector | undefined {
		if (!this.#isRead) {
			this.#read = readSelector(this.#written);
			this.#isRead = true;
		}
		return this.#read;
	}
}

/** A tag, a class or both, which most selectors are. */
const SIMPLE = /^([a-z][\w-]*)?(?:\.([\w-]+))?$/i;
const NONE: readonly never[] = [];

function simpleSelector(tag: string | undefined, name: string | undefined): Selector {
	const compound: Compound = {
		...(tag === undefined ? {} : { tag: tag.toLowerCase() }),
		classes: name === undefined ? NONE : [name],
		attributes: NONE,
		lists: NONE,
		nth: NONE,
	};
	return {
		compounds: [{ compound, isParent: false }],
		specificity: (name === undefined ? 0 : 100) + (tag === undefined ? 0 : 1),
		isPlain: true,
		asksAttributes: false,
	};
}

/** Undefined for what is damaged, and for what cannot be told here: states, siblings, pseudo-elements. */
function readSelector(written: string): Selector | undefined {
	const text = written.trim();
	if (text === '' || text.length > MOST_SELECTOR) return undefined;
	const simple = SIMPLE.exec(text);
	if (simple !== null) return simpleSelector(simple[1], simple[2]);
	const compounds: { compound: Compound; isParent: boolean }[] = [];
	const counts = { ids: 0, classes: 0, tags: 0 };
	let isParent = false;
	for (let at = 0; at < text.length;) {
		const read = readCompound(text, at, counts);
		if (read === undefined || compounds.length >= MOST_COMPOUNDS) return undefined;
		compounds.push({ compound: read.compound, isParent });
		at = read.end;
		if (at >= text.length) break;
		COMBINATOR.lastIndex = at;
		const combinator = COMBINATOR.exec(text);
		if (combinator === null || combinator[1] === '+' || combinator[1] === '~') return undefined;
		isParent = combinator[1] === '>';
		at = COMBINATOR.lastIndex;
		if (at >= text.length) return undefined;
	}
	// The sign before a compound says how the one before it stands to it.
	const outwards = compounds
		.map(({ compound }, index) => ({ compound, isParent: compounds[index + 1]?.isParent ?? false }))
		.reverse();
	const own = outwards[0]!.compound;
	return {
		compounds: outwards,
		specificity: counts.ids * 10_000 + counts.classes * 100 + counts.tags,
		isPlain: compounds.length === 1 && asksOnlyNames(own),
		asksAttributes: outwards.some(({ compound }) => asksAttributes(compound)),
	};
}

function asksOnlyNames({ attributes, nth, isRoot, lists }: Compound): boolean {
	return (
		attributes.length === 0 &&
		nth.length === 0 &&
		isRoot !== true &&
		lists.every(({ compounds }) => compounds.every(asksOnlyNames))
	);
}

const asksAttributes = ({ attributes, lists }: Compound): boolean =>
	attributes.length > 0 || lists.some(({ compounds }) => compounds.some(asksAttributes));

interface Counts {
	ids: number;
	classes: number;
	tags: number;
}

function readCompound(text: string, from: number, counts: Counts): { compound: Compound; end: number } | undefined {
	const compound: OpenCompound = { classes: [], attributes: [], lists: [], nth: [] };
	let at = from;
	TAG.lastIndex = at;
	const tag = TAG.exec(text)?.[0];
	if (tag !== undefined) {
		at += tag.length;
		const name = unescaped(tag.slice(tag.lastIndexOf('|') + 1)).toLowerCase();
		if (name !== '*') {
			compound.tag = name;
			counts.tags++;
		}
	}
	for (; at < text.length;) {
		const sign = text[at];
		if (sign === '.' || sign === '#') {
			SIGNED.lastIndex = at;
			const [whole, , written] = SIGNED.exec(text) ?? [];
			if (whole === undefined) return undefined;
			const name = unescaped(written!);
			if (sign === '.') compound.classes.push(name);
			else if (compound.id === undefined || compound.id === name) compound.id = name;
			else return undefined;
			if (sign === '.') counts.classes++;
			else counts.ids++;
			at += whole.length;
		} else if (sign === '[') {
			const end = nextSign(text, at + 1, ']');
			const test = end >= text.length ? undefined : readAttributeTest(text.slice(at + 1, end));
			if (test === undefined) return undefined;
			compound.attributes.push(test);
			counts.classes++;
			at = end + 1;
		} else if (sign === ':') {
			const end = readPseudo(text, at, compound, counts);
			if (end === undefined) return undefined;
			at = end;
		} else break;
	}
	return at === from ? undefined : { compound, end: at };
}

function readAttributeTest(written: string): AttributeTest | undefined {
	const equals = written.indexOf('=');
	const sign = equals > 0 && /[~|^$*]/.test(written[equals - 1]!) ? equals - 1 : equals;
	const name = ATTRIBUTE_NAME.exec((sign < 0 ? written : written.slice(0, sign)).trim())?.[1];
	if (name === undefined) return undefined;
	const test = { name: unescaped(name).toLowerCase(), operator: '', value: '', ignoresCase: false };
	if (equals < 0) return test;
	const [, quoted, apostrophed, bare, flag] = ATTRIBUTE_VALUE.exec(written.slice(equals + 1).trim()) ?? [];
	const value = quoted ?? apostrophed ?? bare;
	if (value === undefined) return undefined;
	return {
		...test,
		operator: written.slice(sign, equals + 1),
		value: unescaped(value),
		ignoresCase: flag?.toLowerCase() === 'i',
	};
}

/** Its end; undefined when it cannot be told of an element here. */
function readPseudo(text: string, from: number, compound: OpenCompound, counts: Counts): number | undefined {
	PSEUDO.lastIndex = from;
	const [whole, written] = PSEUDO.exec(text) ?? [];
	if (whole === undefined) return undefined;
	const name = written!.toLowerCase();
	const opening = from + whole.length;
	if (text[opening] !== '(') {
		counts.classes++;
		if (name === 'root') compound.isRoot = true;
		else if (name === 'first-child') compound.nth.push({ step: 0, start: 1 });
		else if (name === 'link' || name === 'any-link')
			compound.attributes.push({ name: 'href', operator: '', value: '', ignoresCase: false });
		else return undefined;
		return opening;
	}
	const end = nextSign(text, opening + 1, ')');
	if (end >= text.length) return undefined;
	const inside = text.slice(opening + 1, end);
	if (name === 'nth-child') {
		const nth = readNth(inside.trim().toLowerCase());
		if (nth === undefined) return undefined;
		compound.nth.push(nth);
		counts.classes++;
	} else if (name === 'not' || name === 'is' || name === 'where' || name === 'matches' || name === '-webkit-any') {
		const own: Counts = { ids: 0, classes: 0, tags: 0 };
		const compounds: Compound[] = [];
		for (const one of cutOutside(inside, ',')) {
			const trimmed = one.trim();
			const read = readCompound(trimmed, 0, own);
			// A list in one of these holds no lists: nothing is nested without end.
			if (read === undefined || read.end < trimmed.length || read.compound.lists.length > 0) return undefined;
			compounds.push(read.compound);
		}
		compound.lists.push({ fits: name !== 'not', compounds });
		if (name !== 'where') {
			counts.ids += own.ids;
			counts.classes += own.classes;
			counts.tags += own.tags;
		}
	} else return undefined;
	return end + 1;
}

function readNth(written: string): { step: number; start: number } | undefined {
	const [whole, step, sign, offset, alone, word] = NTH.exec(written) ?? [];
	if (whole === undefined) return undefined;
	if (word !== undefined) return { step: 2, start: word === 'odd' ? 1 : 0 };
	if (alone !== undefined) return { step: 0, start: Number(alone) };
	const factor = step === '' || step === '+' ? 1 : step === '-' ? -1 : Number(step);
	return { step: factor, start: offset === undefined ? 0 : Number(`${sign}${offset}`) };
}

/** Whether it fits, and how many elements were looked at. */
export function fits({ compounds }: Selector, element: StyledElement): { fits: boolean; steps: number } {
	let at: StyledElement | undefined = element;
	let steps = 0;
	for (const [index, { compound, isParent }] of compounds.entries()) {
		if (index === 0 || isParent) {
			steps++;
			if (at === undefined || !fitsCompound(compound, at)) return { fits: false, steps };
		} else {
			// The nearest one counts: what stands further out could fit where it does not, which needs two selectors of a kind.
			while (at !== undefined && !fitsCompound(compound, at)) {
				at = at.parent;
				steps++;
			}
			if (at === undefined) return { fits: false, steps };
		}
		at = at.parent;
	}
	return { fits: true, steps };
}

function fitsCompound(compound: Compound, element: StyledElement): boolean {
	const { tag, id, classes, attributes, nth, isRoot, lists } = compound;
	if (tag !== undefined && tag !== element.tag) return false;
	if (id !== undefined && id !== element.id) return false;
	for (const name of classes) if (!element.classes.includes(name)) return false;
	for (const test of attributes) if (!fitsAttribute(test, element)) return false;
	for (const { step, start } of nth) if (!isNth(element.position, step, start)) return false;
	if (isRoot === true && element.tag !== 'html') return false;
	return lists.every(({ fits: wanted, compounds }) => compounds.some((one) => fitsCompound(one, element)) === wanted);
}

function isNth(position: number, step: number, start: number): boolean {
	if (step === 0) return position === start;
	const index = (position - start) / step;
	return Number.isInteger(index) && index >= 0;
}

function fitsAttribute({ name, operator, value, ignoresCase }: AttributeTest, element: StyledElement): boolean {
	const written = element.attributes.find((one) => one.name === name)?.value;
	if (written === undefined) return false;
	if (operator === '') return true;
	const has = ignoresCase ? written.toLowerCase() : written;
	const wanted = ignoresCase ? value.toLowerCase() : value;
	switch (operator) {
		case '=':
			return has === wanted;
		case '~=':
			return wanted !== '' && has.split(/\s+/).includes(wanted);
		case '|=':
			return has === wanted || has.startsWith(`${wanted}-`);
		case '^=':
			return wanted !== '' && has.startsWith(wanted);
		case '$=':
			return wanted !== '' && has.endsWith(wanted);
		default:
			return wanted !== '' && has.includes(wanted);
	}
}

/** By what an element is found that a selector may fit: its id, one of its classes, its tag; empty for any. */
function keyOf({ compounds }: Selector): string {
	const { tag, id, classes } = compounds[0]!.compound;
	if (id !== undefined) return `#${id}`;
	return classes[0] === undefined ? (tag ?? '') : `.${classes[0]}`;
}
