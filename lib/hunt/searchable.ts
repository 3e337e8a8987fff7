import { HUNT_LIMITS } from '../limits';
import { printComparison, type ComparisonTest, type ObjectPath, type PatternLiteral } from '../pattern';
import { HuntError } from './errors';
import { isSteady, isWrittenOneWay, waysToWrite } from './spelling';
import type { HuntAnswer, HuntField, HuntLanguage, HuntQuestion } from './target';

/** One comparison of a pattern, in a target's terms. */
export interface Searchable<Term> {
	readonly test: ComparisonTest;
	/** Its object path, as fields are named by. */
	readonly path: string;
	readonly field: HuntField<Term>;
	/** What is asked: every row that satisfies the comparison, or all that `beyond` leaves, is found by one. Empty: not searchable. */
	readonly searches: readonly Term[];
	/** Searches that say the same as the comparison, apart from upper and lower case; undefined when none do. */
	readonly exact: readonly Term[] | undefined;
	/** Whether rows show what it takes to decide. */
	readonly filterable: boolean;
}

/** @throws HuntError `HUNT_NOT_SEARCHABLE`, `HUNT_VALUE_REFUSED` */
export function searchableOf<Term>(test: ComparisonTest, language: HuntLanguage<Term>): Searchable<Term> {
	const path = pathText(test.path);
	const field = language.fields.get(path);
	if (field === undefined) throw unknownPath(test, path, language);
	const words = asksForWords(test, field);
	const filterable = field.rows !== undefined && !words;
	// Words of rows are no words of the target.
	const asked = field.vocabulary !== undefined && !words ? NOT_ASKED : ask(test, field, filterable);
	const { searches, exact, problem } = asked;
	if (searches.length === 0 && isAlwaysFalse(test)) {
		throw new HuntError('HUNT_VALUE_REFUSED', `${quoted(test)}: the list is empty, so nothing can match`, {
			at: test.at,
		});
	}
	if (searches.length === 0 && !filterable) {
		throw problem === undefined ? noSuchSearch(test, field, path, language) : refusal(test, problem, language);
	}
	return { test, path, field, searches, exact, filterable };
}

/** `type:key.key[*]`, keys without quotes. */
export function pathText({ objectType, steps }: ObjectPath): string {
	const [first] = steps;
	// Most paths are one key.
	if (steps.length === 1 && first!.kind === 'key') return `${objectType}:${first!.name}`;
	let text = `${objectType}:`;
	for (let i = 0; i < steps.length; i++) {
		const step = steps[i]!;
		if (step.kind === 'key') text += i === 0 ? step.name : `.${step.name}`;
		else text += step.kind === 'any' ? '[*]' : `[${step.index}]`;
	}
	return text;
}

/** Whether constants are words that the target searches and no row shows. */
function asksForWords(test: ComparisonTest, { vocabulary }: HuntField<unknown>): boolean {
	if (vocabulary === undefined || test.kind === 'exists') return false;
	const isWord = (literal: PatternLiteral) => literal.kind === 'string' && vocabulary.includes(literal.value);
	return test.kind === 'in' ? test.values.some(isWord) : isWord(test.value);
}

/** The constants of which one has to be equal; undefined when the comparison asks for something else. */
function constantsOf(test: ComparisonTest): readonly PatternLiteral[] | undefined {
	if (test.kind === 'exists') return undefined;
	if (test.kind === 'in') return test.negated ? undefined : test.values;
	// NOT != is =.
	return test.operator === (test.negated ? '!=' : '=') ? [test.value] : undefined;
}

const isAlwaysFalse = (test: ComparisonTest): boolean =>
	test.kind === 'in' && !test.negated && test.values.length === 0;

interface Asked<Term> {
	searches: readonly Term[];
	exact: readonly Term[] | undefined;
	problem: string | undefined;
}

const NOT_ASKED: Asked<never> = { searches: [], exact: undefined, problem: undefined };

function ask<Term>(test: ComparisonTest, field: HuntField<Term>, filterable: boolean): Asked<Term> {
	const values = constantsOf(test);
	if (values !== undefined)
		return values.length === 0 ? NOT_ASKED : asAsked(everySearch(field, { kind: 'is', values }));
	const isLike = test.kind === 'comparison' && test.operator === 'LIKE' && !test.negated;
	if (isLike && test.value.kind === 'string') return askLike(test, test.value.value, field, filterable);
	return asAsked(everySearch(field, { kind: 'test', test }));
}

/**
 * A LIKE is asked as it stands. Where the target has no such search, the longest run of plain text is asked, and rows decide; so are
 * they where LIKE compares alike (NFC) what can be written in several ways, for searches do not. A short text is asked in each of them.
 */
function askLike<Term>(test: ComparisonTest, like: string, field: HuntField<Term>, filterable: boolean): Asked<Term> {
	const plain = plainLike(like);
	const asked = asAsked((plain && everySearch(field, plain)) ?? everySearch(field, { kind: 'test', test }));
	if (!filterable || (asked.searches.length > 0 && isWrittenOneWay(like))) return asked;
	const composed = like.normalize('NFC');
	const text = longestSteadyRun(composed);
	const short = text.length < HUNT_LIMITS.minRunLength ? plainLike(composed) : undefined;
	const ways = short && waysToWrite(short.text);
	const answers = (ways ?? []).map((way) => asAsked(everySearch(field, { ...short!, text: way })));
	if (answers.length > 0 && answers.every(({ searches }) => searches.length > 0))
		return { ...asked, searches: answers.flatMap(({ searches }) => searches), exact: undefined };
	const wider = text === '' ? undefined : everySearch(field, { kind: 'like', text, before: true, after: true });
	return { ...asked, searches: asAsked(wider).searches };
}

function plainLike(like: string): (HuntQuestion & { kind: 'like' }) | undefined {
	let start = 0;
	let end = like.length;
	while (like[start] === '%') start++;
	while (end > start && like[end - 1] === '%') end--;
	const text = like.slice(start, end);
	if (text === '' || text.includes('%') || text.includes('_')) return undefined;
	return { kind: 'like', text, before: start > 0, after: end < like.length };
}

/** The longest run without wildcards, and without what a row may write otherwise. */
function longestSteadyRun(composed: string): string {
	let longest = '';
	let run = '';
	for (const character of composed) {
		run = character === '%' || character === '_' || !isSteady(character) ? '' : run + character;
		if (run.length > longest.length) longest = run;
	}
	return longest;
}

/** What all searches of a field answer: where one of them has no answer, asking the others would lose rows. */
function everySearch<Term>({ searches }: HuntField<Term>, question: HuntQuestion): HuntAnswer<Term> {
	let answer = searches[0]?.ask(question);
	for (let i = 1; i < searches.length; i++) {
		if (answer === undefined || 'problem' in answer) return answer;
		const other = searches[i]!.ask(question);
		if (other === undefined || 'problem' in other) return other;
		const wider = answer.wider ?? other.wider;
		answer = { terms: [...answer.terms, ...other.terms], ...(wider ? { wider } : {}) };
	}
	return answer;
}

function asAsked<Term>(answer: HuntAnswer<Term>): Asked<Term> {
	if (answer === undefined) return NOT_ASKED;
	if ('problem' in answer) return { searches: [], exact: undefined, problem: answer.problem };
	const { terms, wider } = answer;
	return { searches: terms, exact: wider ? undefined : terms, problem: undefined };
}

function unknownPath(test: ComparisonTest, path: string, { name, help, fields }: HuntLanguage<unknown>): HuntError {
	const instead = path.replace(/_refs\.value$/, '_refs[*].value').replace(/_refs\[\d+\]/, '_refs[*]');
	return new HuntError(
		'HUNT_NOT_SEARCHABLE',
		`${quoted(test)}: ${shortened(path)} can neither be searched by ${name} nor checked in its rows`,
		{
			at: test.at,
			hint: instead !== path && fields.has(instead) ? `Write ${instead}.` : leaveOut(help),
		},
	);
}

const leaveOut = (help: string): string =>
	`Remove it from the pattern. A hunt leaves it out by itself, with a warning, where only OR joins it to the rest. The supported object paths are in ${help}`;

function refusal(test: ComparisonTest, problem: string, { name }: HuntLanguage<unknown>): HuntError {
	return new HuntError('HUNT_VALUE_REFUSED', `${quoted(test)}: ${problem}`, {
		at: test.at,
		hint: `Change the constant. It cannot be sent to ${name} as it stands.`,
	});
}

function noSuchSearch(
	test: ComparisonTest,
	{ searches, vocabulary }: HuntField<unknown>,
	path: string,
	{ name }: HuntLanguage<unknown>,
): HuntError {
	const operators = new Set(searches.flatMap((search) => search.operators));
	return new HuntError('HUNT_NOT_SEARCHABLE', `${quoted(test)}: ${shortened(path)} cannot be searched this way`, {
		at: test.at,
		hint: vocabulary
			? `${sentence(name)} searches ${vocabulary.join(', ')} with ${[...operators].join(' and ')}. For other operators, compare with the words that rows show.`
			: `This path can only be searched with ${[...operators].join(', ')}.`,
	});
}

/** The comparison for a message; long constants are cut. */
export function quoted(test: ComparisonTest): string {
	return shortened(printComparison(test));
}

export const shortened = (text: string): string => (text.length > 120 ? `${text.slice(0, 117)}...` : text);

/** A name of {@link HuntLanguage} where a sentence begins. */
export const sentence = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
