import type { ComparisonExpression, ComparisonTest, ObservationExpression, Pattern } from './ast';

/** Every observation expression of a pattern, outer ones first, from left to right. */
export function* observationsIn(node: Pattern | ObservationExpression): Generator<ObservationExpression> {
	// A generator inside a generator would cost every node the depth that it stands in.
	const waiting: ObservationExpression[] = [node.kind === 'pattern' ? node.expression : node];
	for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
		yield next;
		if (next.kind === 'qualified') waiting.push(next.operand);
		else if (next.kind !== 'observation') for (const operand of next.operands.toReversed()) waiting.push(operand);
	}
}

/** Every test of a comparison expression, from left to right. */
export function* testsIn(node: ComparisonExpression): Generator<ComparisonTest> {
	const waiting: ComparisonExpression[] = [node];
	for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
		if (next.kind === 'and' || next.kind === 'or')
			for (const operand of next.operands.toReversed()) waiting.push(operand);
		else yield next;
	}
}

/**
 * Conformance level that a consumer of the pattern needs (STIX 2.1 section 12.7): 1 single observations, 2 with AND and OR of
 * observations, 3 with FOLLOWEDBY and qualifiers.
 */
export function levelOf(pattern: Pattern): 1 | 2 | 3 {
	let level: 1 | 2 = 1;
	for (const { kind } of observationsIn(pattern)) {
		if (kind === 'followed-by' || kind === 'qualified') return 3;
		if (kind !== 'observation') level = 2;
	}
	return level;
}
