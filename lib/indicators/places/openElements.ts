import { INDICATOR_LIMITS } from '../../limits';
import { plainLook, type Look, type Room } from './look';
import type { Declared } from './declared';
import type { StyledElement } from './selector';

/** An element that is open. */
interface Open {
	name: string;
	/** What it stands in looks like, what is declared of it, and what it looks like itself. */
	declared: Declared | undefined;
	look: Look;
	/** Where selectors look. */
	element: StyledElement | undefined;
	/** Elements in it, so far. */
	children: number;
}

const set = (names: string): ReadonlySet<string> => new Set(names.split(' '));

/** An end tag of another name does not reach beyond one of these (WHATWG HTML section 13.2.4.2). */
const SPECIAL = set(
	'address applet area article aside base basefont bgsound blockquote body br button caption center col colgroup dd details dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input keygen li link listing main marquee menu meta nav noembed noframes noscript object ol p param plaintext pre script search section select source style summary table tbody td template textarea tfoot th thead title tr track ul wbr xmp foreignobject desc',
);
/** Nor that of a block beyond one of these. */
const SCOPES = set('html table td th caption applet marquee object template foreignobject desc');
/** These end a paragraph. */
const BLOCKS = set(
	'address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form header hgroup h1 h2 h3 h4 h5 h6 hr li dd dt listing main menu nav ol p plaintext pre search section summary table ul xmp',
);
const HEADINGS = set('h1 h2 h3 h4 h5 h6');
const FORMATTING = set('a b big code em font i nobr s small strike strong tt u');
const ROWS = set('thead tbody tfoot');
/** Where there is no table, there are none of these. */
const OF_TABLES = set('caption colgroup col thead tbody tfoot tr td th');
/** What stands in a table, and in none of its cells, stands before it: all but these. */
const IN_TABLES = set('caption colgroup col thead tbody tfoot tr td th style script template input form table');
const TABLE_CONTEXT = set('table thead tbody tfoot tr');
/** Open once, whatever end tags say: what stands behind the end stands in them. */
const ONCE = set('html body head');

/** Of what stands there first, there is a head that nobody wrote. */
const IN_HEAD = set('base link meta noscript script style template title');
const UNWRITTEN_HTML: StyledElement = {
	tag: 'html',
	id: '',
	classes: [],
	attributes: [],
	position: 1,
	parent: undefined,
};
const UNWRITTEN_BODY: StyledElement = { ...UNWRITTEN_HTML, tag: 'body', position: 2 };

/**
 * The elements that are open, with what they look like. Ends that nobody wrote are those of browsers: a cell ends the cell before, a
 * block a paragraph, the end of an element all in it.
 */
export class OpenElements {
	/** Of an element of which nothing is said. */
	readonly plainLook = plainLook();
	readonly #open: Open[] = [];
	#paragraphs = 0;
	#foreign = 0;
	#tables = 0;
	/** Elements so far in a body that nobody wrote. */
	#inBody = 0;
	/** Elements that are open and stand deeper than is looked. */
	#deeper = 0;

	/** Of what comes next. Deeper than is looked everything counts as seen. */
	get look(): Look {
		return this.#deeper > 0 ? this.plainLook : (this.#open.at(-1)?.look ?? this.plainLook);
	}

	/** Of a text that comes next: in a table, and in none of its cells, it is shown before the table. */
	get lookOfText(): Look {
		return this.#isBetweenCells ? this.#lookBeforeTable : this.look;
	}

	/** Of what an element of this name stands in. */
	lookAround(name: string): Look {
		return this.#isBetweenCells && !IN_TABLES.has(name) ? this.#lookBeforeTable : this.look;
	}

	get #isBetweenCells(): boolean {
		return this.#tables > 0 && this.#deeper === 0 && TABLE_CONTEXT.has(this.#open.at(-1)!.name);
	}

	get #lookBeforeTable(): Look {
		const table = this.#open.findLastIndex(({ name }) => name === 'table');
		return this.#open[table - 1]?.look ?? this.plainLook;
	}

	/** Whether browsers pass the tag over: a cell, a row outside of any table. */
	isStray(name: string): boolean {
		return this.#tables === 0 && this.#deeper === 0 && OF_TABLES.has(name);
	}

	/** The element that one of this name stands in, which may be one that nobody wrote. */
	parentOf(name: string): StyledElement | undefined {
		if (name === 'html') return undefined;
		const around = this.#open.at(-1);
		if (around !== undefined && around.name !== 'html') return around.element;
		const html = around?.element ?? UNWRITTEN_HTML;
		return name === 'body' || name === 'head' ? html : { ...UNWRITTEN_BODY, parent: html };
	}

	/** In SVG and MathML, where a slash ends an element. */
	get isForeign(): boolean {
		return this.#foreign > 0;
	}

	has(name: string): boolean {
		return this.#open.some((one) => one.name === name);
	}

	/** Ends what a tag of this name ends; gives which child of its parent the new element is. */
	prepare(name: string): number {
		if (this.#deeper === 0) this.#endImplied(name);
		const parent = this.#open.at(-1);
		if (parent !== undefined && parent.name !== 'html') return ++parent.children;
		if (ONCE.has(name) || (this.#inBody === 0 && IN_HEAD.has(name))) return 1;
		return ++this.#inBody;
	}

	push(name: string, declared: Declared | undefined, look: Look, element: StyledElement | undefined): void {
		if (ONCE.has(name) && this.has(name)) return;
		if (this.#open.length >= INDICATOR_LIMITS.maxHtmlDepth) {
			this.#deeper++;
			return;
		}
		this.#open.push({ name, declared, look, element, children: 0 });
		if (name === 'p') this.#paragraphs++;
		else if (name === 'table') this.#tables++;
		else if (name === 'svg' || name === 'math') this.#foreign++;
	}

	/** An end tag. */
	close(name: string): void {
		if (name === 'html' || name === 'body') return;
		if (this.#deeper > 0) {
			this.#deeper--;
			return;
		}
		const last = this.#open.length - 1;
		if (last >= 0 && this.#open[last]!.name === name) {
			this.#endFrom(last);
			return;
		}
		const at = this.#find(name);
		if (at >= 0) this.#endFrom(at);
		else if (FORMATTING.has(name)) this.#endFormatting(name);
	}

	/** The element that an end tag ends. */
	#find(name: string): number {
		const isBlock = SPECIAL.has(name);
		const isCell = name === 'td' || name === 'th' || name === 'tr' || ROWS.has(name) || name === 'caption';
		const isHeading = HEADINGS.has(name);
		for (let at = this.#open.length - 1; at >= 0; at--) {
			const one = this.#open[at]!.name;
			if (one === name || (isHeading && HEADINGS.has(one))) return at;
			if (
				isCell ? one === 'table' : name === 'table' ? one === 'template' : isBlock ? SCOPES.has(one) : SPECIAL.has(one)
			)
				return -1;
			if (name === 'p' && one === 'button') return -1;
			if (name === 'li' && (one === 'ul' || one === 'ol')) return -1;
		}
		return -1;
	}

	/** A `b` that ends before the block in it: the block goes on without it. */
	#endFormatting(name: string): void {
		let at = this.#open.length - 1;
		while (at >= 0 && this.#open[at]!.name !== name && !SCOPES.has(this.#open[at]!.name)) at--;
		const ended = this.#open[at];
		if (ended?.name !== name) return;
		ended.name = '';
		if (ended.declared === undefined) return;
		ended.declared = undefined;
		let look = this.#open[at - 1]?.look ?? this.plainLook;
		for (; at < this.#open.length; at++) {
			const one = this.#open[at]!;
			look = one.look = look.inside(one.declared, roomOf(one.name));
		}
	}

	#endImplied(name: string): void {
		if (this.#open.length === 0) return;
		if (name === 'body') this.close('head');
		if (this.#paragraphs > 0 && BLOCKS.has(name)) {
			const at = this.#find('p');
			if (at >= 0) this.#endFrom(at);
		}
		switch (name) {
			case 'li':
				this.#endSibling(name, name);
				break;
			case 'dd':
			case 'dt':
				this.#endSibling('dd', 'dt');
				break;
			case 'td':
			case 'th':
				this.#endInTable(
					(one) => one === 'td' || one === 'th',
					(one) => one === 'tr',
				);
				break;
			case 'tr':
				this.#endInTable(
					(one) => one === 'tr',
					(one) => ROWS.has(one),
				);
				break;
			case 'thead':
			case 'tbody':
			case 'tfoot':
			case 'caption':
			case 'colgroup':
				this.#endInTable(
					() => false,
					(one) => one === 'table',
				);
				break;
			case 'option':
			case 'optgroup':
			case 'button':
			case 'a':
			case 'nobr':
				if (this.has(name)) this.close(name);
				break;
			default:
				if (HEADINGS.has(name) && HEADINGS.has(this.#open.at(-1)?.name ?? '')) this.#endFrom(this.#open.length - 1);
		}
	}

	/** An item ends the one before, in whatever it ended. */
	#endSibling(name: string, other: string): void {
		for (let at = this.#open.length - 1; at >= 0; at--) {
			const one = this.#open[at]!.name;
			if (one === name || one === other) {
				this.#endFrom(at);
				return;
			}
			if (SPECIAL.has(one) && one !== 'address' && one !== 'div' && one !== 'p') return;
		}
	}

	/** A cell or a row ends the one before, as far as the table that it stands in reaches. */
	#endInTable(isSibling: (name: string) => boolean, isAround: (name: string) => boolean): void {
		let end = -1;
		for (let at = this.#open.length - 1; at >= 0; at--) {
			const one = this.#open[at]!.name;
			if (isAround(one)) {
				this.#endFrom(at + 1);
				return;
			}
			if (isSibling(one)) end = at;
			else if (one === 'td' || one === 'th') {
				if (end < 0) end = at;
			} else if (SCOPES.has(one)) break;
			if (end >= 0 && isSibling(one)) break;
		}
		if (end >= 0) this.#endFrom(end);
	}

	#endFrom(at: number): void {
		while (this.#open.length > at) {
			const { name } = this.#open.pop()!;
			if (name === 'p') this.#paragraphs--;
			else if (name === 'table') this.#tables--;
			else if (name === 'svg' || name === 'math') this.#foreign--;
		}
	}
}

/** `box`: has a height of its own, is no part of a line and no part of a table. */
export function roomOf(name: string): Room {
	if (BLOCKS.has(name) ? name !== 'table' : BOXES.has(name)) return 'box';
	return CELLS.has(name) ? 'cell' : 'line';
}
const BOXES = set(
	'body html button textarea select img input video canvas svg iframe object marquee legend optgroup option',
);
const CELLS = set('td th caption');
