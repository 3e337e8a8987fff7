import { PATTERN_LIMITS } from '../limits';
import type {
	ComparisonExpression,
	ComparisonOperator,
	ComparisonTest,
	FloatLiteral,
	IntegerLiteral,
	ObjectPath,
	ObservationExpression,
	PathStep,
	Pattern,
	PatternLiteral,
	PatternPosition,
	Qualifier,
	StringLiteral,
	TimestampLiteral,
} from './ast';
import { PatternSyntaxError } from './errors';
import { Lexer, type TokenKind } from './lexer';

/**
 * Reads a STIX 2.1 pattern (section 9), all three conformance levels. Linear in the text.
 *
 * What the grammar allows and the specification forbids (`REPEATS 0 TIMES`, an AND over two object types)
 * is read; `checkPattern` names it.
 *
 * @throws PatternSyntaxError `PATTERN_SYNTAX`, `PATTERN_TOO_DEEP`, `PATTERN_TOO_LONG`
 */
export function parsePattern(text: string): Pattern {
	if (text.length > PATTERN_LIMITS.maxLength) {
		const start = { offset: 0, line: 1, column: 1 };
		throw new PatternSyntaxError(
			'PATTERN_TOO_LONG',
			start,
			`the pattern has ${text.length} characters, but the limit is ${PATTERN_LIMITS.maxLength}`,
			{
				hint: 'Split it into several patterns. Parts that are joined by OR can be used separately.',
			},
		);
	}
	const lexer = new Lexer(text);
	const parser = new Parser(lexer);
	const expression = parser.observations();
	if (lexer.kind !== 'end') lexer.fail(AFTER_OBSERVATION);
	return { kind: 'pattern', expression: parser.hasChainInChain ? flatObservations(expression) : expression };
}

/**
 * Operands in parentheses that are chains of the same operator become part of the outer chain: the operators are associative.
 * Done once, for the whole tree: taking them over one by one would copy the innermost as often as it is nested.
 */
function flatObservations(node: ObservationExpression): ObservationExpression {
	switch (node.kind) {
		case 'observation':
			return { ...node, expression: flatComparison(node.expression) };
		case 'qualified':
			return { ...node, operand: flatObservations(node.operand) };
		case 'observation-and':
		case 'observation-or':
		case 'followed-by':
			return { ...node, operands: flatOperands(node, flatObservations) };
	}
}

function flatComparison(node: ComparisonExpression): ComparisonExpression {
	return node.kind === 'and' || node.kind === 'or' ? { ...node, operands: flatOperands(node, flatComparison) } : node;
}

function flatOperands<Node extends { kind: string }>(
	chain: { kind: string; operands: Node[] },
	flat: (node: Node) => Node,
): Node[] {
	const operands: Node[] = [];
	const add = (node: Node): void => {
		if (node.kind !== chain.kind) operands.push(flat(node));
		else for (const inner of (node as unknown as { operands: Node[] }).operands) add(inner);
	};
	for (const operand of chain.operands) add(operand);
	return operands;
}

const AFTER_OBSERVATION = ["'AND'", "'OR'", "'FOLLOWEDBY'", 'a qualifier', 'the end of the pattern'];
const AFTER_OBSERVATION_IN_PARENTHESES = ["'AND'", "'OR'", "'FOLLOWEDBY'", 'a qualifier', "')'"];
const AFTER_COMPARISON = ["'AND'", "'OR'", "']'"];
const AFTER_COMPARISON_IN_PARENTHESES = ["'AND'", "'OR'", "')'"];
const QUALIFIER_NAMES = { 'start-stop': 'START … STOP', within: 'WITHIN', repeats: 'REPEATS' } as const;

/** What an operator compares with. */
const CONSTANTS: Readonly<Partial<Record<TokenKind, 'any' | 'orderable' | 'string'>>> = {
	'=': 'any',
	'!=': 'any',
	'<': 'orderable',
	'<=': 'orderable',
	'>': 'orderable',
	'>=': 'orderable',
	LIKE: 'string',
	MATCHES: 'string',
	ISSUBSET: 'string',
	ISSUPERSET: 'string',
};

/** Recursive descent, one method a production; the depth is bounded, chains are loops. */
class Parser {
	/** An operand in parentheses was a chain of the same operator as the one that it stands in. */
	hasChainInChain = false;
	#depth = 0;

	readonly #lexer: Lexer;

	constructor(lexer: Lexer) {
		this.#lexer = lexer;
	}

	/** Lowest to highest: FOLLOWEDBY, OR, AND, qualifiers. */
	observations(): ObservationExpression {
		return this.#chain('FOLLOWEDBY', 'followed-by', () =>
			this.#chain('OR', 'observation-or', () => this.#chain('AND', 'observation-and', () => this.#qualified())),
		);
	}

	#comparisons(): ComparisonExpression {
		return this.#chain('OR', 'or', () => this.#chain('AND', 'and', () => this.#test()));
	}

	/** `operand (word operand)*` */
	#chain<Node extends { kind: string; at: PatternPosition }, Kind extends Node['kind']>(
		word: TokenKind,
		kind: Kind,
		operand: () => Node,
	): Node {
		const lexer = this.#lexer;
		const first = operand();
		if (!lexer.is(word)) return first;
		const operands: Node[] = [];
		const add = (node: Node): void => {
			operands.push(node);
			if (node.kind === kind) this.hasChainInChain = true;
		};
		add(first);
		while (lexer.accept(word)) add(operand());
		return { kind, at: first.at, operands } as unknown as Node;
	}

	#qualified(): ObservationExpression {
		const lexer = this.#lexer;
		const { at } = lexer;
		const operand = this.#observation();
		const qualifiers: Qualifier[] = [];
		for (;;) {
			const start = lexer.at;
			const qualifier = this.#qualifier();
			if (qualifier === undefined) break;
			if (operand.kind === 'observation' && qualifiers.some(({ kind }) => kind === qualifier.kind)) {
				throw new PatternSyntaxError(
					'PATTERN_SYNTAX',
					start,
					`a second ${QUALIFIER_NAMES[qualifier.kind]} on the same observation`,
					{
						hint: 'An observation can have each qualifier only once.',
					},
				);
			}
			qualifiers.push(qualifier);
		}
		return qualifiers.length === 0 ? operand : { kind: 'qualified', at, operand, qualifiers };
	}

	#observation(): ObservationExpression {
		const lexer = this.#lexer;
		const { at } = lexer;
		if (lexer.accept('[')) {
			const expression = this.#comparisons();
			lexer.take(']', AFTER_COMPARISON);
			return { kind: 'observation', at, expression };
		}
		if (!lexer.is('(')) lexer.fail(["'['", "'('"]);
		return this.#parenthesised(() => this.observations(), AFTER_OBSERVATION_IN_PARENTHESES);
	}

	#parenthesised<Node>(inside: () => Node, expected: readonly string[]): Node {
		const lexer = this.#lexer;
		if (++this.#depth > PATTERN_LIMITS.maxDepth) {
			throw new PatternSyntaxError(
				'PATTERN_TOO_DEEP',
				lexer.at,
				`more than ${PATTERN_LIMITS.maxDepth} nested parentheses`,
				{
					hint: 'Parentheses are only needed for OR inside AND, or for FOLLOWEDBY inside OR or AND.',
				},
			);
		}
		lexer.next();
		const node = inside();
		lexer.take(')', expected);
		this.#depth--;
		return node;
	}

	#qualifier(): Qualifier | undefined {
		const lexer = this.#lexer;
		const { at } = lexer;
		if (lexer.accept('START')) {
			const start = this.#timestamp();
			lexer.take('STOP');
			return { kind: 'start-stop', at, start, stop: this.#timestamp() };
		}
		if (lexer.accept('WITHIN')) {
			const seconds = this.#positive('a number of seconds that is not negative', ['integer', 'float']);
			lexer.take('SECONDS');
			return { kind: 'within', at, seconds };
		}
		if (lexer.accept('REPEATS')) {
			const times = this.#positive('a whole number that is not negative', ['integer']) as IntegerLiteral;
			lexer.take('TIMES');
			return { kind: 'repeats', at, times };
		}
		return undefined;
	}

	#timestamp(): TimestampLiteral {
		if (this.#lexer.kind !== 'timestamp') this.#lexer.fail(["a timestamp such as t'2024-01-31T00:00:00Z'"]);
		return this.#literal() as TimestampLiteral;
	}

	#positive(expected: string, kinds: readonly TokenKind[]): IntegerLiteral | FloatLiteral {
		const lexer = this.#lexer;
		if (!kinds.includes(lexer.kind) || lexer.value.startsWith('-')) lexer.fail([expected]);
		return this.#literal() as IntegerLiteral | FloatLiteral;
	}

	#test(): ComparisonExpression {
		const lexer = this.#lexer;
		const { at } = lexer;
		if (lexer.is('word')) return this.#comparison(at);
		if (lexer.is('(')) return this.#parenthesised(() => this.#comparisons(), AFTER_COMPARISON_IN_PARENTHESES);
		if (lexer.accept('EXISTS')) return { kind: 'exists', at, path: this.#path(), negated: false };
		if (!lexer.accept('NOT')) lexer.fail(['an object path such as file:name', "'EXISTS'", "'NOT EXISTS'", "'('"]);
		if (!lexer.accept('EXISTS')) {
			lexer.fail(["'EXISTS'"], "Put NOT before EXISTS or after the path: file:name NOT = 'a'.");
		}
		return { kind: 'exists', at, path: this.#path(), negated: true };
	}

	#comparison(at: PatternPosition): ComparisonTest {
		const lexer = this.#lexer;
		const path = this.#path();
		const negated = lexer.accept('NOT');
		if (lexer.accept('IN')) return { kind: 'in', at, path, negated, values: this.#set() };
		const constants = CONSTANTS[lexer.kind];
		if (constants === undefined) lexer.fail(['a comparison operator']);
		const operator = lexer.kind as ComparisonOperator;
		lexer.next();
		const value = constants === 'string' ? this.#string() : this.#constant(constants === 'any');
		return { kind: 'comparison', at, path, negated, operator, value };
	}

	#set(): PatternLiteral[] {
		const lexer = this.#lexer;
		lexer.take('(');
		if (lexer.accept(')')) return [];
		const values = [this.#constant(true)];
		while (lexer.accept(',')) values.push(this.#constant(true));
		lexer.take(')', ["','", "')'"]);
		return values;
	}

	#path(): ObjectPath {
		const lexer = this.#lexer;
		const { at, value: objectType } = lexer;
		lexer.take('word', ['an object type such as file']);
		lexer.take(':');
		const steps: PathStep[] = [this.#key()];
		for (;;) {
			if (lexer.accept('.')) steps.push(this.#key());
			else if (lexer.accept('[')) {
				steps.push(this.#index());
				lexer.take(']');
			} else return { at, objectType, steps };
		}
	}

	#key(): PathStep {
		const lexer = this.#lexer;
		const { kind, value: name } = lexer;
		const hyphen = kind === 'word' && name.includes('-');
		if ((kind !== 'word' && kind !== 'string') || hyphen) {
			lexer.fail(['a key'], hyphen ? `Put the key in quotes: '${name}'.` : KEY_HINT);
		}
		lexer.next();
		return { kind: 'key', name };
	}

	#index(): PathStep {
		const lexer = this.#lexer;
		if (lexer.accept('*')) return { kind: 'any' };
		// `-0` is 0.
		const index = lexer.is('integer') ? Number(lexer.value) + 0 : NaN;
		if (!Number.isSafeInteger(index)) lexer.fail(['a list index', "'*'"]);
		lexer.next();
		return { kind: 'index', index };
	}

	#string(): StringLiteral {
		if (!this.#lexer.is('string')) this.#lexer.fail(['a string in single quotes']);
		return this.#literal() as StringLiteral;
	}

	#constant(booleans: boolean): PatternLiteral {
		const literal = this.#lexer.is('boolean') && !booleans ? undefined : this.#literal();
		return (
			literal ?? this.#lexer.fail([booleans ? 'a constant' : 'a constant other than true and false'], CONSTANT_HINT)
		);
	}

	/** The constant at the current token; undefined when it is none. */
	#literal(): PatternLiteral | undefined {
		const lexer = this.#lexer;
		const read = LITERALS[lexer.kind];
		if (read === undefined) return undefined;
		const literal = read(lexer.at, lexer.value);
		if (literal.kind === 'float' && !Number.isFinite(literal.value)) lexer.fail(['a number below 1.8 × 10^308']);
		lexer.next();
		return literal;
	}
}

const KEY_HINT = 'Put reserved words, and keys with characters other than letters, digits and _, in quotes.';
const CONSTANT_HINT =
	"Put text in single quotes: 'text'. Numbers have no exponent, and a digit after the decimal point.";

const LITERALS: Readonly<Partial<Record<TokenKind, (at: PatternPosition, value: string) => PatternLiteral>>> = {
	string: (at, value) => ({ kind: 'string', at, value }),
	binary: (at, value) => ({ kind: 'binary', at, value }),
	timestamp: (at, value) => ({ kind: 'timestamp', at, value }),
	hex: (at, value) => ({ kind: 'hex', at, value: value.toLowerCase() }),
	integer: (at, value) => ({ kind: 'integer', at, value: BigInt(value) }),
	float: (at, value) => ({ kind: 'float', at, value: Number(value) }),
	boolean: (at, value) => ({ kind: 'boolean', at, value: value === 'true' }),
};
