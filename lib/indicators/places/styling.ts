import { mayHide, type Block, type Declared } from './declared';
import type { Look } from './look';
import { OpenElements, roomOf } from './openElements';
import type { StyledElement } from './selector';
import { StyleSheets } from './styleSheets';

/** Attributes of one tag that selectors may ask for. */
const MOST_ATTRIBUTES = 100;
/** What says nothing of a sheet behind it. */
const BEFORE_BODY: ReadonlySet<string> = new Set('html head meta title link style base script noscript'.split(' '));
/** Pairs of declarations of which it is remembered what they say together. */
const MOST_MERGED = 10_000;

/** What the elements of a document look like, one tag after the other. */
export class Styling {
	readonly sheets: StyleSheets;
	/** A style sheet was met that may say something of what was read before it. */
	isSheetLate = false;

	readonly #hasAllSheets: boolean;
	/** Something was met that a style sheet may speak of. */
	#isBegun = false;
	readonly #elements = new OpenElements();
	readonly #merged = new Map<Declared, Map<Declared, Declared>>();
	#mergedCount = 0;
	// Of the tag that is being read.
	#style: Block | undefined;
	#hints: Declared | undefined;
	#class: string | undefined;
	#id: string | undefined;
	#asked: { name: string; value: string }[] = [];

	/** `sheets`: all of the document, when they are known. */
	constructor(sheets?: StyleSheets) {
		this.sheets = sheets ?? new StyleSheets();
		this.#hasAllSheets = sheets !== undefined;
	}

	/** Of what comes next. */
	get look(): Look {
		return this.sheets.isExhausted ? this.#elements.plainLook : this.#elements.look;
	}

	/** Of a text that comes next. */
	get lookOfText(): Look {
		return this.sheets.isExhausted ? this.#elements.plainLook : this.#elements.lookOfText;
	}

	/** In SVG and MathML. */
	get isForeign(): boolean {
		return this.#elements.isForeign;
	}

	get isInNoScript(): boolean {
		return this.#elements.has('noscript');
	}

	// --- the tag that is being read; the first attribute of a name counts ---

	openTag(): void {
		this.#style = undefined;
		this.#hints = undefined;
		this.#class = undefined;
		this.#id = undefined;
		if (this.#asked.length > 0) this.#asked = [];
	}

	/** What browsers and attributes other than `style` say of it. */
	hint(declared: Declared): void {
		this.#hints = this.#hints === undefined ? declared : { ...this.#hints, ...declared };
	}

	withoutHints(): void {
		this.#hints = undefined;
	}

	style(block: Block): void {
		this.#style ??= block;
	}

	/** Whether selectors ask for an attribute: for classes and ids always. */
	asks(name: string): boolean {
		return name === 'class' || name === 'id' || (this.sheets.asksAttributes && this.#asked.length < MOST_ATTRIBUTES);
	}

	attribute(name: string, value: string): void {
		if (name === 'class') this.#class ??= value;
		else if (name === 'id') this.#id ??= value;
		if (this.sheets.asksAttributes) this.#asked.push({ name, value });
	}

	/** The tag opens its element, unless `isVoid`. What it looks like, and what was open before looked like. */
	enter(tag: string, isVoid: boolean): { look: Look; ended: Look } {
		const ended = this.look;
		this.#isBegun ||= !BEFORE_BODY.has(tag);
		if (this.#elements.isStray(tag)) return { look: ended, ended };
		const position = this.#elements.prepare(tag);
		const around = this.#elements.lookAround(tag);
		const element =
			this.sheets.isEmpty && tag !== 'body' && tag !== 'html' ? undefined : this.#styledElement(tag, position);
		const declared = this.#declaredOf(element);
		const look = declared === undefined ? around : around.inside(declared, roomOf(tag));
		if (!isVoid) this.#elements.push(tag, declared, look, element);
		return { look: this.sheets.isExhausted ? this.#elements.plainLook : look, ended };
	}

	close(tag: string): void {
		this.#elements.close(tag);
	}

	// --- style sheets ---

	/** The content of a `style` element. */
	addSheet(css: string, media: string): void {
		if (this.#hasAllSheets) return;
		this.sheets.add(css, media);
		if (this.#isBegun && !this.sheets.isEmpty) this.isSheetLate = true;
	}

	meetText(text: string): void {
		this.#isBegun ||= text.trim() !== '';
	}

	/** From where on only style sheets are sought: all that has to be known is whether they count. */
	skipTo(tag: string): void {
		if (tag === 'noscript') this.#elements.push(tag, undefined, this.#elements.plainLook, undefined);
	}

	#styledElement(tag: string, position: number): StyledElement {
		return {
			tag,
			id: this.#id ?? '',
			classes: this.#class?.split(/[\t\n\f\r ]+/).filter((name) => name !== '') ?? [],
			attributes: this.#asked,
			position,
			parent: this.#elements.parentOf(tag),
		};
	}

	/** Weakest first: what browsers and attributes say, sheets, the `style` attribute; then what is marked as important. */
	#declaredOf(element: StyledElement | undefined): Declared | undefined {
		const normal = this.#style?.normal;
		const important = this.#style?.important;
		if (element === undefined || this.sheets.isEmpty) return this.#over(this.#over(this.#hints, normal), important);
		const sheet = this.sheets.wordOn(element);
		const weak = this.#over(this.#over(this.#hints, sheet.normal), normal);
		return this.#over(this.#over(weak, sheet.important), important);
	}

	/** Declarations below others, the same for the same two: a look knows declarations by what they are. */
	#over(below: Declared | undefined, above: Declared | undefined): Declared | undefined {
		if (below === undefined || above === undefined) return below ?? above;
		let known = this.#merged.get(below);
		if (known === undefined) this.#merged.set(below, (known = new Map<Declared, Declared>()));
		const before = known.get(above);
		if (before !== undefined) return before;
		const merged = { ...below, ...above };
		known.set(above, merged);
		if (++this.#mergedCount >= MOST_MERGED) {
			this.#merged.clear();
			this.#mergedCount = 0;
		}
		return merged;
	}
}

/** Whether a block may hide a text. */
export const mayHideBy = ({ normal, important }: Block): boolean => mayHide(normal) || mayHide(important);
