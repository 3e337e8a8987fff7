import { Lately } from '../../lately';
import { INDICATOR_LIMITS } from '../../limits';
import {
	cutOutside,
	mayMatter,
	nextSign,
	readBlock,
	showingOnly,
	withoutComments,
	type Block,
	type Declared,
} from './declared';
import { fits, LateSelector, lookAtSelector, type StyledElement } from './selector';

interface Rule {
	selector: LateSelector;
	block: LateBlock;
	/** What stands in a layer is weaker than all that does not. */
	layered: boolean;
}

/** A rule, and which one it is of all. */
interface PlacedRule {
	rule: Rule;
	place: number;
}

/** A block that is read when an element is met that it may speak of: of most rules of a sheet there is none in the message. */
class LateBlock {
	readonly #css: string;
	readonly #when: When;
	#read: Block | undefined;

	constructor(css: string, when: When) {
		this.#css = css;
		this.#when = when;
	}

	get(): Block {
		return (this.#read ??= this.#now());
	}

	#now(): Block {
		const read = readBlock(this.#css.includes('{') ? withoutNested(this.#css) : this.#css);
		return this.#when === 'always'
			? read
			: { normal: showingOnly(read.normal), important: showingOnly(read.important) };
	}
}

/** What style sheets say of an element. */
export interface SheetWord {
	normal: Declared | undefined;
	important: Declared | undefined;
}

const NO_WORD: SheetWord = { normal: undefined, important: undefined };
const MOST_KNOWN = 5_000;
const LAYERED = -1_000_000;
const MOST_NESTED = 8;

/** The style sheets of a document, as far as they say whether a text can be seen. */
export class StyleSheets {
	readonly #rules = new Map<string, PlacedRule[]>();
	readonly #candidates = new Map<string, { rules: readonly PlacedRule[]; word: SheetWord | undefined }>();
	#count = 0;
	#steps = 0;
	#isFull = false;
	/** Whether a selector asks for attributes of elements. */
	asksAttributes = false;

	get isEmpty(): boolean {
		return this.#count === 0;
	}

	/** True when there was so much to compare that no more is: from there on nothing is hidden. */
	get isExhausted(): boolean {
		return this.#isFull || this.#steps > INDICATOR_LIMITS.maxStyleSteps;
	}

	/** The content of a `style` element; `media` as its attribute says. */
	add(written: string, media: string): void {
		const when = mediaOf(media);
		if (when === 'never') return;
		for (const rule of rulesOf(written, when)) {
			if (this.#count >= INDICATOR_LIMITS.maxStyleSelectors) {
				this.#isFull = true;
				break;
			}
			const { selector } = rule;
			const placed = { rule, place: this.#count++ };
			const rules = this.#rules.get(selector.key);
			if (rules === undefined) this.#rules.set(selector.key, [placed]);
			else rules.push(placed);
			this.asksAttributes ||= selector.asksAttributes;
		}
		this.#candidates.clear();
	}

	/** What they say of an element. */
	wordOn(element: StyledElement): SheetWord {
		const { tag, id, classes } = element;
		const key = `${tag}#${id}.${classes.join('.')}`;
		let candidates = this.#candidates.get(key);
		if (candidates === undefined) {
			const rules = this.#rulesFor(tag, id, classes);
			const isPlain = rules.every(({ rule }) => rule.selector.get()?.isPlain !== false);
			candidates = { rules, word: isPlain ? this.#wordOf(rules, element) : undefined };
			if (this.#candidates.size < MOST_KNOWN) this.#candidates.set(key, candidates);
		}
		return candidates.word ?? this.#wordOf(candidates.rules, element);
	}

	/** Rules that may fit. */
	#rulesFor(tag: string, id: string, classes: readonly string[]): PlacedRule[] {
		const found: PlacedRule[] = [];
		const names = new Set(['', tag, `#${id}`]);
		for (const name of classes) names.add(`.${name}`);
		for (const name of names) {
			const rules = this.#rules.get(name);
			if (rules === undefined) continue;
			this.#steps += rules.length;
			found.push(...rules);
		}
		return found;
	}

	#wordOf(rules: readonly PlacedRule[], element: StyledElement): SheetWord {
		if (rules.length === 0) return NO_WORD;
		const fitting: { block: LateBlock; rank: number; place: number }[] = [];
		for (const { rule, place } of rules) {
			const selector = rule.selector.get();
			if (selector === undefined) continue;
			const { fits: isFit, steps } = fits(selector, element);
			this.#steps += steps;
			if (isFit) fitting.push({ block: rule.block, rank: (rule.layered ? LAYERED : 0) + selector.specificity, place });
			if (this.isExhausted) return NO_WORD;
		}
		if (fitting.length === 0) return NO_WORD;
		// The weakest first: what asks for more is stronger; of two that ask for as much, the last one in the sheets.
		fitting.sort((one, other) => one.rank - other.rank || one.place - other.place);
		const word: SheetWord = { normal: undefined, important: undefined };
		for (const { block: late } of fitting) {
			const block = late.get();
			word.normal = over(word.normal, block.normal);
			word.important = over(word.important, block.important);
		}
		return word;
	}
}

/** Newsletters of one sender, and of one program, have the same sheets. */
const seen = new Lately<readonly Rule[]>(10, 50_000);

function rulesOf(written: string, when: When): readonly Rule[] {
	return seen.get(`${when} ${written}`, (key) => readRules(key.slice(when.length + 1), when));
}

/** The rules of a sheet, in their order; one more than are looked at, when there are more. */
function readRules(written: string, when: When): Rule[] {
	const css = withoutComments(written);
	const rules: Rule[] = [];
	// The blocks that are open: whether rules in them hold, and where.
	const open: Scope[] = [{ when, layered: false }];
	for (let at = 0; at < css.length && rules.length <= INDICATOR_LIMITS.maxStyleSelectors;) {
		SKIPPED.lastIndex = at;
		if (SKIPPED.test(css)) {
			at = SKIPPED.lastIndex;
			continue;
		}
		if (css[at] === '}') {
			if (open.length > 1) open.pop();
			at++;
			continue;
		}
		const isAt = css[at] === '@';
		const sign = nextSign(css, at, isAt ? '{};' : '{}');
		const scope = open.at(-1)!;
		if (css[sign] !== '{') at = css[sign] === ';' ? sign + 1 : sign;
		else if (!isAt) {
			const end = blockEnd(css, sign + 1);
			if (scope.when !== 'never') addRule(rules, css.slice(at, sign), css.slice(sign + 1, end), scope);
			at = end + 1;
		} else {
			const inside = open.length > MOST_NESTED ? undefined : insideOf(css.slice(at, sign), scope);
			if (inside === undefined) at = blockEnd(css, sign + 1) + 1;
			else {
				open.push(inside);
				at = sign + 1;
			}
		}
	}
	return rules;
}

function addRule(rules: Rule[], selectors: string, declarations: string, { when, layered }: Scope): void {
	if (!mayMatter(declarations)) return;
	const block = new LateBlock(declarations, when);
	const written = cutOutside(selectors, ',');
	const looks = written.map(lookAtSelector);
	if (looks.includes('unknown')) return;
	for (const [index, one] of written.entries()) {
		if (rules.length > INDICATOR_LIMITS.maxStyleSelectors) return;
		const selector = looks[index] === 'told' ? LateSelector.of(one) : undefined;
		if (selector !== undefined) rules.push({ selector, block, layered });
	}
}

/** Declarations, and what others say above them. */
export function over(below: Declared | undefined, above: Declared | undefined): Declared | undefined {
	if (below === undefined) return above;
	return above === undefined ? below : { ...below, ...above };
}

/*
 * What stands in a sheet that may hide a text. Sheets are long: expressions of few words of the same length are found in a third of the
 * time of one expression with all.
 */
const HIDES = /none|hid[de]|absol|inden|NONE|HID[DE]/;
const SHRINKS = /opacity|size: ?[01.]|lapse|scale|-path|-999|zoom: ?[.0]|calc\(|rotate|matrix\(0|fill-color/;
/** Light letters, and those of a colour that has a name. */
const IS_LIGHT = /[^-]color ?: ?(?:#(?:[ef]{3}\b|[ef].[ef].[ef])|[a-z])/i;

/** The same of a `style` attribute, which is short. */
const HIDES_ONE =
	/none|hid[de]|lity|opac|(?:size|idth|ight|font)\s{0,4}:\s{0,4}(?:\.|[01](?!\d)|calc)|:[^;]{0,60}-\d{2}|scale|clip|filter|zoom|rotate|matrix|fill|(?:left|right|inset)[^;]{0,20}:[^;]{0,20}\d{3}|\\|(?:^|[^-])color\s{0,4}:\s{0,4}(?:#[ef]|[^#\s])|ground/i;
export const mayHideStyle = (css: string): boolean => HIDES_ONE.test(css);

/** Whether a sheet may say that a text cannot be seen: a look that takes a tenth of the time of reading it. */
export const mayHideText = (css: string): boolean =>
	HIDES.test(css) || SHRINKS.test(css) || IS_LIGHT.test(css) || css.includes('\\');

/** `sometimes`: on some screens only. */
type When = 'always' | 'sometimes' | 'never';

interface Scope {
	when: When;
	layered: boolean;
}

/** Blanks, what old pages put around a sheet, and stray ends of statements. */
const SKIPPED = /[\s;]+|<!--|-->/y;

/** What the block of an at-rule holds; undefined when it holds no rules for elements. */
function insideOf(prelude: string, { when, layered }: Scope): Scope | undefined {
	const [, name = '', condition = ''] = /^@([\w-]{1,40})\s*([\s\S]{0,1000})/.exec(prelude) ?? [];
	switch (name.toLowerCase()) {
		case 'media':
			return { when: both(when, mediaOf(condition)), layered };
		case 'layer':
			return { when, layered: true };
		case 'supports':
			return { when: /^not\b/i.test(condition) ? 'never' : when, layered };
		case 'container':
		case 'scope':
		case 'starting-style':
			return { when: both(when, 'sometimes'), layered };
		default:
			return undefined;
	}
}

function both(one: When, other: When): When {
	if (one === 'never' || other === 'never') return 'never';
	return one === 'always' ? other : one;
}

/** When a list of media queries holds for somebody who reads a message on a screen. */
function mediaOf(list: string): When {
	if (list.trim() === '') return 'always';
	const all = list.slice(0, 1_000).toLowerCase().split(',').map(queryOf);
	return all.includes('always') ? 'always' : all.includes('sometimes') ? 'sometimes' : 'never';
}

/** What holds on every screen that messages are read on. */
const EVERYWHERE =
	/(?:\band)?\s{0,8}\(\s{0,8}(?:min-(?:device-)?(?:width|height)\s{0,8}:\s{0,8}(?:[0-2]?\d{1,2}(?:\.\d{0,4})?px|\d(?:\.\d{0,4})?r?em|0)|max-(?:device-)?(?:width|height)\s{0,8}:\s{0,8}[4-9]\d{3,6}px)\s{0,8}\)/g;

function queryOf(query: string): When {
	const [, sign, type = 'all'] = /^\s*(?:(only|not)\s+)?([a-z-]+)?/.exec(query) ?? [];
	const isMedium = type === 'all' || type === 'screen';
	const rest = query.replace(EVERYWHERE, '').replace(/^\s{0,8}and\b/, '');
	if (rest !== query && sign !== 'not') return queryOf(rest);
	if (query.includes('(')) return isMedium || sign === 'not' ? 'sometimes' : 'never';
	return isMedium === (sign !== 'not') ? 'always' : 'never';
}

/** Where the block ends that opened before `from`. */
function blockEnd(css: string, from: number): number {
	let depth = 1;
	for (let at = from; ; at++) {
		at = nextSign(css, at, '{}');
		if (at >= css.length) return css.length;
		depth += css[at] === '{' ? 1 : -1;
		if (depth === 0) return at;
	}
}

/** The declarations of a block that holds rules as well. */
function withoutNested(block: string): string {
	const pieces: string[] = [];
	for (let at = 0; at < block.length;) {
		const sign = nextSign(block, at, '{;');
		if (block[sign] === '{') at = blockEnd(block, sign + 1) + 1;
		else {
			pieces.push(block.slice(at, sign));
			at = sign + 1;
		}
	}
	return pieces.join(';');
}
