import { hasHostBits, hashDigits, hashValue, readNetwork } from '../values';
import type {
	ComparisonExpression,
	ComparisonTest,
	ObjectPath,
	Pattern,
	PatternLiteral,
	PatternPosition,
	Qualifier,
	TimestampLiteral,
} from './ast';
import { Budget } from './budget';
import { instantOf } from './instant';
import { printPath } from './print';
import { regexTest } from './regex';
import { observationsIn, testsIn } from './walk';

/** Kind of a {@link PatternProblem}; stable, its sentence is not. */
export type PatternProblemCode =
	| 'mixed-object-types'
	| 'mixed-constants'
	| 'empty-set'
	| 'negative-index'
	| 'list-without-index'
	| 'regex-invalid'
	| 'cidr-invalid'
	| 'cidr-host-bits'
	| 'cidr-on-other-property'
	| 'hash-invalid'
	| 'date-invalid'
	| 'start-not-before-stop'
	| 'within-zero'
	| 'repeats-zero'
	| 'qualifier-repeated';

/** What the specification says against a pattern that the grammar accepts. */
export interface PatternProblem extends PatternPosition {
	code: PatternProblemCode;
	/** `error`: the specification forbids it. `warning`: it is allowed, and does hardly what was meant. */
	severity: 'error' | 'warning';
	/** One sentence, without the position. */
	message: string;
}

/** Problems that one test, one qualifier… has. */
type Found = Array<readonly [code: PatternProblemCode, severity: PatternProblem['severity'], message: string]>;

/** Rules of STIX 2.1 section 9 that go beyond its grammar, in the order of the text. Empty when the pattern keeps them all. */
export function checkPattern(pattern: Pattern): PatternProblem[] {
	const problems: PatternProblem[] = [];
	const budget = new Budget();
	const report = (at: PatternPosition, found: Found): void => {
		for (const [code, severity, message] of found) problems.push({ code, severity, message, ...at });
	};
	for (const node of observationsIn(pattern)) {
		if (node.kind === 'observation') {
			report(node.at, checkTypes(node.expression));
			for (const test of testsIn(node.expression)) report(test.at, checkTest(test, budget));
		} else if (node.kind === 'qualified') {
			for (const qualifier of node.qualifiers) report(qualifier.at, checkQualifier(qualifier));
			const kinds = node.qualifiers.map(({ kind }) => kind);
			const again = node.qualifiers.find(({ kind }, i) => kinds.indexOf(kind) < i);
			if (again)
				report(again.at, [
					['qualifier-repeated', 'error', 'An observation expression can have each qualifier only once'],
				]);
		}
	}
	return problems.sort((a, b) => a.offset - b.offset);
}

function checkTypes(expression: ComparisonExpression): Found {
	const found: Found = [];
	const typesOf = (node: ComparisonExpression): Set<string> => {
		if (node.kind !== 'and' && node.kind !== 'or') return new Set([node.path.objectType]);
		const types = new Set(node.operands.flatMap((operand) => [...typesOf(operand)]));
		if (node.kind === 'and' && types.size > 1 && found.length === 0) {
			found.push([
				'mixed-object-types',
				'error',
				`AND joins tests on ${namedTypes(types)}. Inside one [ ], the tests must be about one object. They are read as one object of each type in the same observation`,
			]);
		}
		return types;
	};
	typesOf(expression);
	return found;
}

function namedTypes(types: ReadonlySet<string>): string {
	const named = [...types].slice(0, MAX_TYPES).map(shortened).join(' and ');
	return types.size > MAX_TYPES ? `${named} and ${types.size - MAX_TYPES} more` : named;
}

const shortened = (text: string): string => (text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text);

function checkTest(test: ComparisonTest, budget: Budget): Found {
	const found: Found = checkPath(test.path);
	if (test.kind === 'exists') return found;
	const values = test.kind === 'in' ? test.values : [test.value];
	if (test.kind === 'in' && values.length === 0) found.push(['empty-set', 'warning', 'IN () is never true']);
	if (new Set(values.map(dataType)).size > 1)
		found.push(['mixed-constants', 'error', 'The constants of IN must all have the same type']);
	for (const value of values) if (value.kind === 'timestamp') found.push(...checkDate(value));
	if (test.kind === 'in' || /^[!=<>]/.test(test.operator)) return [...found, ...checkHash(test.path, values)];
	const text = values[0]?.kind === 'string' ? values[0].value : '';
	if (test.operator === 'MATCHES') found.push(...checkRegex(text, budget));
	if (test.operator === 'ISSUBSET' || test.operator === 'ISSUPERSET')
		found.push(...checkNetwork(test.path, test.operator, text));
	return found;
}

/** Characters of a name or path in a message, and object types that one names. */
const MAX_QUOTED = 120;
const MAX_TYPES = 8;

const dataType = ({ kind }: PatternLiteral): string => (kind === 'float' ? 'integer' : kind);

function checkPath(path: ObjectPath): Found {
	const found: Found = [];
	// Told once a path: its text is as long as its steps are many.
	const negative = path.steps.find((step) => step.kind === 'index' && step.index < 0);
	if (negative?.kind === 'index') {
		const named = shortened(printPath(path));
		found.push(['negative-index', 'error', `The index [${negative.index}] of ${named} selects nothing`]);
	}
	path.steps.forEach((step, i) => {
		if (step.kind === 'key' && step.name.endsWith('_refs') && path.steps[i + 1]?.kind === 'key') {
			const name = shortened(step.name);
			found.push(['list-without-index', 'warning', `${name} is a list. Write ${name}[*] or ${name}[0]`]);
		}
	});
	return found;
}

function checkHash(path: ObjectPath, values: readonly PatternLiteral[]): Found {
	const algorithm = path.steps.at(-1);
	const dictionary = path.steps.at(-2);
	if (algorithm?.kind !== 'key' || dictionary?.kind !== 'key' || dictionary.name !== 'hashes') return [];
	const digits = hashDigits(algorithm.name);
	if (digits === undefined) return [];
	return values
		.filter((value) => value.kind !== 'string' || hashValue(algorithm.name, value.value) === undefined)
		.map(
			() =>
				[
					'hash-invalid',
					'warning',
					`The constant is not a valid ${algorithm.name} hash, which has ${digits} hex digits`,
				] as const,
		);
}

function checkRegex(text: string, budget: Budget): Found {
	try {
		regexTest(text, budget);
		return [];
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		return [
			[
				'regex-invalid',
				'error',
				`The regular expression of MATCHES is not valid: ${reason.replace(/^error parsing regexp: /, '')}`,
			],
		];
	}
}

function checkNetwork(path: ObjectPath, operator: string, text: string): Found {
	const found: Found = [];
	const network = readNetwork(text);
	if (network === undefined)
		found.push(['cidr-invalid', 'error', `The constant of ${operator} is not an IP address or CIDR block`]);
	else if (hasHostBits(network)) {
		found.push(['cidr-host-bits', 'warning', 'The address has bits set after the prefix. They are ignored']);
	}
	const property = path.steps.at(-1);
	if (property?.kind !== 'key' || property.name !== 'value') {
		found.push([
			'cidr-on-other-property',
			'warning',
			`${operator} can only be used with the value of ipv4-addr and ipv6-addr`,
		]);
	}
	return found;
}

function checkDate({ value }: TimestampLiteral): Found {
	const day = Number(value.slice(8, 10));
	const last = new Date(Date.UTC(2000, 0, 1));
	last.setUTCFullYear(Number(value.slice(0, 4)), Number(value.slice(5, 7)), 0);
	return day <= last.getUTCDate() ? [] : [['date-invalid', 'error', `${value.slice(0, 10)} is not in the calendar`]];
}

function checkQualifier(qualifier: Qualifier): Found {
	switch (qualifier.kind) {
		case 'start-stop': {
			const found: Found = [...checkDate(qualifier.start), ...checkDate(qualifier.stop)];
			if (instantOf(qualifier.start.value)! >= instantOf(qualifier.stop.value)!) {
				found.push(['start-not-before-stop', 'error', 'START must be before STOP']);
			}
			return found;
		}
		case 'within':
			return Number(qualifier.seconds.value) > 0
				? []
				: [['within-zero', 'error', 'WITHIN must be more than 0 SECONDS']];
		case 'repeats':
			return qualifier.times.value > 0n ? [] : [['repeats-zero', 'error', 'REPEATS must be 1 TIMES or more']];
	}
}
