import { isSubset, readNetwork, type IpNetwork } from '../values';
import type { Comparison, ComparisonExpression, ComparisonTest, InComparison, PatternPosition } from './ast';
import type { Budget } from './budget';
import { bytesOf, comparatorOf, encodingOf, ORDER_TESTS, type Encoding, type Scalar } from './constant';
import { PatternMatchError } from './errors';
import { instantOf } from './instant';
import { likeTest, type TextTest } from './like';
import type { ObservationView, StixRecord } from './observations';
import { propertyOf, select } from './path';
import { regexTest } from './regex';

/** Tells whether the objects of an observation satisfy a comparison expression. */
export type ObservationTest = (observation: ObservationView) => boolean;

type ValueTest = (value: Scalar, encoding: Encoding) => boolean;
type ObjectTest = (object: StixRecord, observation: ObservationView) => boolean;

interface TypedTest {
	type: string;
	holds: ObjectTest;
	/** Its number among the tests of the expression. */
	place: number;
}

/** A comparison expression over its tests. */
type Formula = TypedTest | { all: boolean; parts: Formula[] };

const isTest = (formula: Formula): formula is TypedTest => 'holds' in formula;

/**
 * Compiles what stands inside `[ ]`. All tests on one object type are about the same object; tests on different types,
 * joined by AND, about one object of each type in the same observation.
 *
 * @throws PatternMatchError `PATTERN_REGEX_INVALID`, `PATTERN_CIDR_INVALID`
 */
export function compileComparison(expression: ComparisonExpression, budget: Budget): ObservationTest {
	const tests: TypedTest[] = [];
	const networks = new NetworkReader();
	const formula = formulaOf(expression, tests, budget, networks);
	const byType = perType(formula);
	if (byType !== undefined) {
		return (observation) => {
			for (const [type, own] of byType) {
				for (const object of observation.objectsByType.get(type) ?? []) {
					budget.spend(1);
					if (satisfied(own, ({ holds }) => holds(object, observation))) return true;
				}
			}
			return false;
		};
	}
	const testsByType = new Map<string, TypedTest[]>();
	for (const test of tests) addTo(testsByType, test.type, test);
	return (observation) => {
		const truth = new Array<boolean>(tests.length).fill(false);
		const choices: number[][][] = [];
		for (const [type, own] of testsByType) {
			const outcomes = outcomesOf(own, observation.objectsByType.get(type) ?? [], observation, budget);
			// What leaves no choice holds from the start.
			if (outcomes.length > 1) choices.push(outcomes);
			else for (const place of outcomes[0]!) truth[place] = true;
		}
		return someCombination(choices, truth, () => satisfied(formula, ({ place }) => truth[place]!), budget);
	};
}

function formulaOf(node: ComparisonExpression, tests: TypedTest[], budget: Budget, networks: NetworkReader): Formula {
	if (node.kind !== 'and' && node.kind !== 'or') {
		const test = { type: node.path.objectType, holds: compileTest(node, budget, networks), place: tests.length };
		tests.push(test);
		return test;
	}
	return {
		all: node.kind === 'and',
		parts: node.operands.map((operand) => formulaOf(operand, tests, budget, networks)),
	};
}

function satisfied(formula: Formula, holds: (test: TypedTest) => boolean): boolean {
	if (isTest(formula)) return holds(formula);
	return formula.all
		? formula.parts.every((part) => satisfied(part, holds))
		: formula.parts.some((part) => satisfied(part, holds));
}

/**
 * For each object type what is asked of its objects, so that an object meets no test on other types; undefined when an AND
 * joins tests on different types.
 */
function perType(formula: Formula): Map<string, Formula> | undefined {
	if (isTest(formula)) return new Map([[formula.type, formula]]);
	const parts = new Map<string, Formula[]>();
	for (const part of formula.parts) {
		const own = perType(part);
		if (own === undefined) return undefined;
		for (const [type, one] of own) addTo(parts, type, one);
		if (formula.all && parts.size > 1) return undefined;
	}
	return new Map(
		[...parts].map(([type, own]) => [type, own.length === 1 ? own[0]! : { all: formula.all, parts: own }]),
	);
}

function addTo<T>(map: Map<string, T[]>, key: string, value: T): void {
	const same = map.get(key);
	if (same === undefined) map.set(key, [value]);
	else same.push(value);
}

/** For each object which of the tests hold, by their places; what another object surpasses is left out. Never empty. */
function outcomesOf(
	tests: readonly TypedTest[],
	objects: readonly StixRecord[],
	observation: ObservationView,
	budget: Budget,
): number[][] {
	let best: number[][] = [[]];
	for (const object of objects) {
		budget.spend(tests.length * best.length);
		const held = tests.flatMap(({ holds, place }) => (holds(object, observation) ? [place] : []));
		if (best.some((other) => isWithin(held, other))) continue;
		best = [...best.filter((other) => !isWithin(other, held)), held];
	}
	return best;
}

/** Whether all of `a` is in `b`; both ascend. */
function isWithin(a: readonly number[], b: readonly number[]): boolean {
	if (a.length > b.length) return false;
	let at = 0;
	for (const one of a) {
		while (at < b.length && b[at]! < one) at++;
		if (b[at] !== one) return false;
	}
	return true;
}

/** Whether one outcome of each choice makes it hold. */
function someCombination(
	choices: ReadonlyArray<readonly number[][]>,
	truth: boolean[],
	holds: () => boolean,
	budget: Budget,
): boolean {
	const choose = (from: number): boolean => {
		budget.spend(truth.length);
		if (from === choices.length) return holds();
		for (const held of choices[from]!) {
			for (const i of held) truth[i] = true;
			if (choose(from + 1)) return true;
			for (const i of held) truth[i] = false;
		}
		return false;
	};
	return choose(0);
}

function compileTest(node: ComparisonTest, budget: Budget, networks: NetworkReader): ObjectTest {
	const { path, negated } = node;
	if (node.kind === 'exists') {
		return (object, observation) => select(path, object, observation, budget).length > 0 !== negated;
	}
	const test = node.kind === 'in' ? compileSet(node) : compileOperator(node, budget, networks);
	const encoding = encodingOf(propertyOf(path));
	// Where a path selects nothing, or lists and dictionaries only, no operator holds: neither != nor NOT (section 9.2).
	return (object, observation) =>
		select(path, object, observation, budget).some(
			(value) => typeof value !== 'object' && test(value as Scalar, encoding) !== negated,
		);
}

/** Equality with any of the constants, as {@link comparatorOf} compares, by look-up: lists may be as long as a pattern. */
function compileSet({ values }: InComparison): ValueTest {
	const texts = new Set<string>();
	const others = new Set<number | boolean | bigint>();
	const bytes = new Set<string>();
	let hasTimes = false;
	for (const constant of values) {
		switch (constant.kind) {
			case 'string':
				texts.add(constant.value);
				break;
			case 'integer': {
				const number = Number(constant.value);
				// Of numbers that JSON cannot hold exactly, none is equal.
				if (Number.isFinite(number) && BigInt(number) === constant.value) others.add(number);
				break;
			}
			case 'float':
			case 'boolean':
				others.add(constant.value);
				break;
			case 'timestamp':
				others.add(instantOf(constant.value)!);
				hasTimes = true;
				break;
			case 'hex':
			case 'binary':
				bytes.add(bytesOf(constant.value, constant.kind)!);
		}
	}
	return (value, encoding) => {
		if (typeof value !== 'string') return others.has(value);
		if (hasTimes) {
			const instant = instantOf(value);
			if (instant !== undefined && others.has(instant)) return true;
		}
		if (encoding === 'text') return texts.has(value);
		const own = bytesOf(value, encoding);
		// A text constant stands for bytes where all its characters can be some.
		return own !== undefined && (bytes.has(own) || texts.has(own));
	};
}

function compileOperator(node: Comparison, budget: Budget, networks: NetworkReader): ValueTest {
	const { operator, value: constant, at } = node;
	const orderTest = ORDER_TESTS[operator];
	if (orderTest !== undefined) {
		const compare = comparatorOf(constant);
		return (value, encoding) => orderTest(compare(value, encoding));
	}
	const text = constant.kind === 'string' ? constant.value : '';
	if (operator === 'LIKE') return onText(likeTest(text, budget));
	if (operator === 'MATCHES') return onText(compileRegex(text, at, budget));
	const network = readNetwork(text);
	if (network === undefined) throw invalidNetwork(text, operator, at);
	return (value) => {
		const other = typeof value === 'string' ? networks.read(value) : undefined;
		return other !== undefined && (operator === 'ISSUBSET' ? isSubset(other, network) : isSubset(network, other));
	};
}

/** Reads a network once for all tests that it meets one after the other: reading takes longer than comparing. */
class NetworkReader {
	#text?: string;
	#network?: IpNetwork;

	read(text: string): IpNetwork | undefined {
		if (text !== this.#text) {
			this.#network = readNetwork(text);
			this.#text = text;
		}
		return this.#network;
	}
}

/** Text as it is, binary properties by their bytes. */
function onText(test: TextTest): ValueTest {
	return (value, encoding) => {
		const text = typeof value !== 'string' ? undefined : encoding === 'text' ? value : bytesOf(value, encoding);
		return text !== undefined && test(text);
	};
}

function compileRegex(text: string, at: PatternPosition, budget: Budget): TextTest {
	try {
		return regexTest(text, budget);
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message.replace(/^error parsing regexp: /, '') : String(cause);
		throw new PatternMatchError('PATTERN_REGEX_INVALID', `the regular expression of MATCHES is not valid: ${reason}`, {
			at,
			cause,
			hint: 'Expressions use RE2 syntax, which has no look-around, back-references, atomic groups or possessive quantifiers.',
		});
	}
}

function invalidNetwork(text: string, operator: string, at: PatternPosition): PatternMatchError {
	return new PatternMatchError(
		'PATTERN_CIDR_INVALID',
		`'${text.slice(0, 60)}', the constant of ${operator}, is not an IP address or CIDR block`,
		{
			at,
			hint: "Write it as '192.0.2.0/24' or '2001:db8::/32'.",
		},
	);
}
