import type { ComparisonExpression, ComparisonTest, ObservationExpression, Pattern } from './ast';

/** Every observation expression of a pattern, outer ones first, from left to right. */
export function* observationsIn(node: Pattern | ObservationExpression): Generator<ObservationExpression> {
	if (node.kind === 'pattern') {
		yield* observationsIn(node.expression);
		return;
	}
	yield node;
	if (node.kind === 'qualified') yield* observationsIn(node.operand);
	else if (node.kind !== 'observation') for (const operand of node.operands) yield* observationsIn(operand);
}

/** Every test of a comparison expression, from left to right. */
export function* testsIn(node: ComparisonExpression): Generator<ComparisonTest> {
	if (node.kind === 'and' || node.kind === 'or') for (const operand of node.operands) yield* testsIn(operand);
	else yield node;
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
