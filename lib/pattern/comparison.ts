import type { Comparison, ComparisonExpression, ComparisonTest, InComparison, PatternPosition } from './ast';
import { isSubset, networkOf } from './addresses';
import type { Budget } from './budget';
import { bytesOf, comparatorOf, encodingOf, ORDER_TESTS, type Encoding, type Scalar } from './constant';
import { PatternMatchError } from './errors';
import { likeTest, type TextTest } from './like';
import type { ObservationView, StixRecord } from './observations';
import { propertyOf, select } from './path';
import { regexTest } from './regex';

/** Tells whether the objects of an observation satisfy a comparison expression. */
export type ObservationTest = (observation: ObservationView) => boolean;

type ValueTest = (value: Scalar, encoding: Encoding) => boolean;
type ObjectTest = (object: StixRecord, observation: ObservationView) => boolean;

/** A comparison expression over the numbers of its tests. */
type Formula = number | { all: boolean; parts: Formula[] };

interface TypedTest {
	type: string;
	holds: ObjectTest;
}

/**
 * Compiles what stands inside `[ ]`. All tests on one object type are about the same object; tests on different types,
 * joined by AND, about one object of each type in the same observation.
 *
 * @throws PatternMatchError `PATTERN_REGEX_INVALID`, `PATTERN_CIDR_INVALID`
 */
export function compileComparison(expression: ComparisonExpression, budget: Budget): ObservationTest {
	const tests: TypedTest[] = [];
	const formula = formulaOf(expression, tests, budget);
	const types = [...new Set(tests.map(({ type }) => type))];
	if (!mixesTypes(formula, tests)) {
		return (observation) =>
			types.some((type) =>
				(observation.objectsByType.get(type) ?? []).some((object) => {
					budget.spend(1);
					return satisfied(formula, (i) => tests[i]!.type === type && tests[i]!.holds(object, observation));
				}),
			);
	}
	return (observation) => {
		const choices = types.map((type) => outcomes(type, tests, observation, budget));
		return someCombination(choices, (truth) => satisfied(formula, (i) => truth[i] === true), tests.length, budget);
	};
}

function formulaOf(node: ComparisonExpression, tests: TypedTest[], budget: Budget): Formula {
	if (node.kind !== 'and' && node.kind !== 'or') {
		return tests.push({ type: node.path.objectType, holds: compileTest(node, budget) }) - 1;
	}
	return { all: node.kind === 'and', parts: node.operands.map((operand) => formulaOf(operand, tests, budget)) };
}

function satisfied(formula: Formula, holds: (test: number) => boolean): boolean {
	if (typeof formula === 'number') return holds(formula);
	return formula.all
		? formula.parts.every((part) => satisfied(part, holds))
		: formula.parts.some((part) => satisfied(part, holds));
}

/** Whether an AND joins tests on different types. */
function mixesTypes(formula: Formula, tests: readonly TypedTest[]): boolean {
	let mixed = false;
	const typesOf = (part: Formula): Set<string> => {
		if (typeof part === 'number') return new Set([tests[part]!.type]);
		const types = new Set<string>();
		for (const inner of part.parts) for (const type of typesOf(inner)) types.add(type);
		if (part.all && types.size > 1) mixed = true;
		return types;
	};
	typesOf(formula);
	return mixed;
}

/** For each object of a type, which of the tests on that type hold; what another object surpasses is left out. */
function outcomes(type: string, tests: readonly TypedTest[], observation: ObservationView, budget: Budget): number[][] {
	const ours = tests.flatMap((test, i) => (test.type === type ? [i] : []));
	let best: number[][] = [[]];
	for (const object of observation.objectsByType.get(type) ?? []) {
		budget.spend(ours.length * best.length);
		const held = ours.filter((i) => tests[i]!.holds(object, observation));
		const within = (a: readonly number[], b: readonly number[]): boolean => a.every((i) => b.includes(i));
		if (best.some((other) => within(held, other))) continue;
		best = [...best.filter((other) => !within(other, held)), held];
	}
	return best;
}

function someCombination(
	choices: ReadonlyArray<readonly number[][]>,
	holds: (truth: readonly boolean[]) => boolean,
	size: number,
	budget: Budget,
): boolean {
	const truth = new Array<boolean>(size).fill(false);
	const choose = (from: number): boolean => {
		budget.spend(size);
		if (from === choices.length) return holds(truth);
		for (const held of choices[from]!) {
			for (const i of held) truth[i] = true;
			if (choose(from + 1)) return true;
			for (const i of held) truth[i] = false;
		}
		return false;
	};
	return choose(0);
}

function compileTest(node: ComparisonTest, budget: Budget): ObjectTest {
	const { path, negated } = node;
	if (node.kind === 'exists') {
		return (object, observation) => select(path, object, observation, budget).length > 0 !== negated;
	}
	const test = node.kind === 'in' ? compileSet(node) : compileOperator(node, budget);
	const encoding = encodingOf(propertyOf(path));
	// Where a path selects nothing, or lists and dictionaries only, no operator holds: neither != nor NOT (section 9.2).
	return (object, observation) =>
		select(path, object, observation, budget).some(
			(value) => typeof value !== 'object' && test(value as Scalar, encoding) !== negated,
		);
}

function compileSet(node: InComparison): ValueTest {
	const comparators = node.values.map(comparatorOf);
	const texts = new Set(node.values.flatMap((value) => (value.kind === 'string' ? [value.value] : [])));
	const others = comparators.filter((_, i) => node.values[i]!.kind !== 'string');
	return (value, encoding) =>
		typeof value === 'string' && encoding === 'text'
			? texts.has(value) || others.some((compare) => compare(value, encoding) === 0)
			: comparators.some((compare) => compare(value, encoding) === 0);
}

function compileOperator(node: Comparison, budget: Budget): ValueTest {
	const { operator, value: constant, at } = node;
	const orderTest = ORDER_TESTS[operator];
	if (orderTest !== undefined) {
		const compare = comparatorOf(constant);
		return (value, encoding) => orderTest(compare(value, encoding));
	}
	const text = constant.kind === 'string' ? constant.value : '';
	if (operator === 'LIKE') return onText(likeTest(text, budget));
	if (operator === 'MATCHES') return onText(compileRegex(text, at, budget));
	const network = networkOf(text);
	if (network === undefined) throw invalidNetwork(text, operator, at);
	return (value) => {
		const other = typeof value === 'string' ? networkOf(value) : undefined;
		return other !== undefined && (operator === 'ISSUBSET' ? isSubset(other, network) : isSubset(network, other));
	};
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
		throw new PatternMatchError('PATTERN_REGEX_INVALID', `the expression of MATCHES cannot be used: ${reason}`, {
			at,
			cause,
			hint: 'Expressions are those of RE2: no look-around, no back-references, no atomic groups, no possessive quantifiers.',
		});
	}
}

function invalidNetwork(text: string, operator: string, at: PatternPosition): PatternMatchError {
	return new PatternMatchError(
		'PATTERN_CIDR_INVALID',
		`'${text.slice(0, 60)}', the constant of ${operator}, is no IP address or CIDR block`,
		{
			at,
			hint: "Write it as '192.0.2.0/24' or '2001:db8::/32'.",
		},
	);
}
