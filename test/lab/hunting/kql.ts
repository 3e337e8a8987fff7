import { isIP } from 'node:net';
import type { Row, Tables, Value } from './tables';

/*
 * An evaluator of exactly the KQL that hunts send. Whatever else there is, it refuses: what it does not know, it must not guess.
 * How operators behave: Microsoft's Kusto reference (string operators, in, join, summarize, arg_min, make_set).
 */

/** What the reference leaves open, or what Defender may do otherwise. */
export interface KqlSwitches {
	/** What "case-insensitive" means beyond ASCII. */
	fold: 'ascii' | 'unicode';
	/** Which row arg_min takes of several with the least value. */
	ties: 'first' | 'last';
	/** Order of make_set and make_list. */
	sets: 'as-read' | 'reversed';
}

type Scalar = (row: Row) => Value;
type Source = () => Row[];

const TOKENS = /\s+|"(?:[^"\\\r\n]|\\.)*"|\d{1,19}(?:[dh]\b)?|[A-Za-z_]\w*~?|==|=~|!=|<=|>=|\.\.|[-=<>(),|;:.]/y;

function tokensOf(query: string): string[] {
	const tokens: string[] = [];
	TOKENS.lastIndex = 0;
	while (TOKENS.lastIndex < query.length) {
		const at = TOKENS.lastIndex;
		const found = TOKENS.exec(query);
		if (found === null) throw new Error(`KQL that the lab does not know, at '${query.slice(at, at + 40)}'`);
		if (found[0].trim() !== '') tokens.push(found[0]);
	}
	return tokens;
}

const NAMED: Record<string, string> = { n: '\n', r: '\r', t: '\t' };
/** What a literal says. */
export const textOf = (literal: string): string =>
	literal
		.slice(1, -1)
		.replace(/\\(?:u([0-9A-F]{4})|(.))/g, (_, code: string | undefined, character: string) =>
			code === undefined ? (NAMED[character] ?? character) : String.fromCharCode(parseInt(code, 16)),
		);

const same = (a: Value, b: Value): boolean => keyText(a) === keyText(b);
const keyText = (value: Value): string => (value instanceof Date ? `@${value.getTime()}` : JSON.stringify(value));

function compare(a: Value, b: Value): number {
	const [one, other] = [a, b].map((value) => (value instanceof Date ? value.getTime() : value)) as [never, never];
	return one < other ? -1 : one > other ? 1 : 0;
}

/** Evaluates one query. @throws for what is not sent by hunts */
export function evaluate(query: string, tables: Partial<Tables>, switches: KqlSwitches): Row[] {
	return new Evaluation(tokensOf(query), tables, switches).run();
}

class Evaluation {
	readonly #tokens: string[];
	#at = 0;
	readonly #tables: Partial<Tables>;
	readonly #switches: KqlSwitches;
	readonly #scalars = new Map<string, Value>();
	readonly #sources = new Map<string, Source>();

	constructor(tokens: string[], tables: Partial<Tables>, switches: KqlSwitches) {
		this.#tokens = tokens;
		this.#tables = tables;
		this.#switches = switches;
	}

	run(): Row[] {
		while (this.#takes('let')) this.#let();
		const rows = this.#pipeline()();
		this.#takes(';');
		if (this.#at < this.#tokens.length) throw this.#unknown();
		return rows;
	}

	#peek(): string {
		return this.#tokens[this.#at] ?? '';
	}

	#next(): string {
		return this.#tokens[this.#at++] ?? '';
	}

	#takes(...tokens: string[]): boolean {
		if (tokens.some((token, index) => this.#tokens[this.#at + index] !== token)) return false;
		this.#at += tokens.length;
		return true;
	}

	#expect(...tokens: string[]): void {
		if (!this.#takes(...tokens)) throw this.#unknown();
	}

	#unknown(): Error {
		return new Error(
			`KQL that the lab does not know, at '${this.#tokens.slice(Math.max(0, this.#at - 3), this.#at + 6).join(' ')}'`,
		);
	}

	#name(): string {
		const name = this.#next();
		if (!/^[A-Za-z_]\w*$/.test(name)) throw this.#unknown();
		return name;
	}

	#list<T>(one: () => T): T[] {
		const all = [one()];
		while (this.#takes(',')) all.push(one());
		return all;
	}

	#let(): void {
		const name = this.#name();
		this.#expect('=');
		if (this.#isSource()) this.#sources.set(name, this.#pipeline());
		else if (this.#takes('toscalar', '(')) {
			const rows = this.#pipeline()();
			this.#expect(')');
			this.#scalars.set(name, Object.values(rows[0] ?? {})[0] ?? null);
		} else this.#scalars.set(name, this.#scalar()({}));
		this.#expect(';');
	}

	#isSource(): boolean {
		const name = this.#peek();
		return name === 'materialize' || name in this.#tables || this.#sources.has(name);
	}

	/** `T | operator | …`. A let is evaluated where it is used, materialize once. */
	#pipeline(): Source {
		let source: Source;
		if (this.#takes('materialize', '(')) {
			const inner = this.#pipeline();
			this.#expect(')');
			let rows: Row[] | undefined;
			source = () => (rows ??= inner());
		} else {
			const name = this.#name();
			const known = this.#sources.get(name);
			const table = this.#tables[name as keyof Tables];
			if (known === undefined && table === undefined) throw this.#unknown();
			source = known ?? (() => table!);
		}
		while (this.#takes('|')) source = this.#operator(source);
		return source;
	}

	#operator(source: Source): Source {
		const operator = this.#next();
		switch (operator) {
			case 'where': {
				const condition = this.#scalar();
				return () => source().filter((row) => condition(row) === true);
			}
			case 'extend':
			case 'project': {
				const columns = this.#list(() => this.#column());
				return () =>
					source().map((row) => ({
						...(operator === 'extend' ? row : {}),
						...Object.fromEntries(columns.map(([name, of]) => [name, of(row)])),
					}));
			}
			case 'distinct': {
				const names = this.#list(() => this.#name());
				return () => {
					const rows = source().map((row) => Object.fromEntries(names.map((name) => [name, row[name]!])));
					return [...new Map(rows.map((row) => [keyText(row), row])).values()];
				};
			}
			case 'order': {
				this.#expect('by');
				const names = this.#list(() => {
					const name = this.#name();
					this.#expect('asc');
					return name;
				});
				return () => {
					const by = (a: Row, b: Row) => names.reduce((order, name) => order || compare(a[name]!, b[name]!), 0);
					return [...source()].sort(by);
				};
			}
			case 'take': {
				const most = this.#primary();
				return () => source().slice(0, most({}) as number);
			}
			case 'count':
				return () => [{ Count: source().length }];
			case 'join':
				return this.#join(source);
			case 'summarize':
				return this.#summarize(source);
			default:
				throw this.#unknown();
		}
	}

	#column(): [name: string, of: Scalar] {
		const name = this.#name();
		if (this.#takes('=')) return [name, this.#scalar()];
		this.#at--;
		return [name, this.#scalar()];
	}

	#join(source: Source): Source {
		this.#expect('kind', '=', 'leftouter', '(');
		const right = this.#pipeline();
		this.#expect(')', 'on');
		const names = this.#list(() => this.#name());
		const keyOf = (row: Row) => keyText(names.map((name) => row[name]!));
		return () => {
			const byKey = new Map<string, Row[]>();
			for (const row of right()) byKey.set(keyOf(row), [...(byKey.get(keyOf(row)) ?? []), row]);
			return source().flatMap((row) =>
				(byKey.get(keyOf(row)) ?? [{}]).map((other) => {
					const joined: Row = { ...row };
					// A name that both have gets a number on the right.
					for (const [name, value] of Object.entries(other)) joined[name in row ? `${name}1` : name] = value;
					return joined;
				}),
			);
		};
	}

	#summarize(source: Source): Source {
		const sums = this.#list(() => this.#aggregate());
		this.#expect('by');
		const names = this.#list(() => this.#name());
		return () => {
			const groups = new Map<string, Row[]>();
			for (const row of source()) {
				const key = keyText(names.map((name) => row[name]!));
				groups.set(key, [...(groups.get(key) ?? []), row]);
			}
			return [...groups.values()].map((rows) => ({
				...Object.fromEntries(names.map((name) => [name, rows[0]![name]!])),
				...Object.assign({}, ...sums.map((sum) => sum(rows))),
			}));
		};
	}

	#aggregate(): (rows: Row[]) => Row {
		const first = this.#name();
		if (first === 'arg_min') {
			this.#expect('(');
			const [by, ...others] = this.#list(() => this.#name()) as [string, ...string[]];
			this.#expect(')');
			return (rows) => {
				const least = rows.map((row) => row[by]!).reduce((a, b) => (compare(b, a) < 0 ? b : a));
				const all = rows.filter((row) => same(row[by]!, least));
				const row = this.#switches.ties === 'first' ? all[0]! : all.at(-1)!;
				return Object.fromEntries([by, ...others].map((name) => [name, row[name]!]));
			};
		}
		this.#expect('=');
		const kind = this.#name();
		if (kind !== 'make_set' && kind !== 'make_list' && kind !== 'count') throw this.#unknown();
		this.#expect('(');
		if (kind === 'count') {
			this.#expect(')');
			return (rows) => ({ [first]: rows.length });
		}
		const of = this.#scalar();
		this.#expect(')');
		return (rows) => {
			const values = rows.map(of).filter((value) => value !== null);
			const all = kind === 'make_set' ? [...new Map(values.map((value) => [keyText(value), value])).values()] : values;
			return { [first]: this.#switches.sets === 'as-read' ? all : all.reverse() };
		};
	}

	#scalar(): Scalar {
		const operands = [this.#and()];
		while (this.#takes('or')) operands.push(this.#and());
		return operands.length === 1 ? operands[0]! : (row) => operands.some((operand) => operand(row) === true);
	}

	#and(): Scalar {
		const operands = [this.#comparison()];
		while (this.#takes('and')) operands.push(this.#comparison());
		return operands.length === 1 ? operands[0]! : (row) => operands.every((operand) => operand(row) === true);
	}

	#comparison(): Scalar {
		const left = this.#difference();
		const operator = this.#peek();
		const fold = (value: Value): string => this.#fold(String(value));
		const texts: Record<string, (own: string, value: string) => boolean> = {
			'=~': (own, value) => own === value,
			contains: (own, value) => own.includes(value),
			startswith: (own, value) => own.startsWith(value),
			endswith: (own, value) => own.endsWith(value),
		};
		const orders: Record<string, (order: number) => boolean> = {
			'==': (order) => order === 0,
			'<': (order) => order < 0,
			'<=': (order) => order <= 0,
			'>': (order) => order > 0,
			'>=': (order) => order >= 0,
		};
		if (operator in texts) {
			this.#next();
			const right = this.#primary();
			return (row) => texts[operator]!(fold(left(row)), fold(right(row)));
		}
		if (operator in orders) {
			this.#next();
			const right = this.#difference();
			return (row) => {
				const [own, value] = [left(row), right(row)];
				return own !== null && value !== null && orders[operator]!(compare(own, value));
			};
		}
		if (operator !== 'in' && operator !== 'in~') return left;
		this.#next();
		this.#expect('(');
		const values = this.#values();
		this.#expect(')');
		const keyed = (value: Value) => (operator === 'in~' ? fold(value) : keyText(value));
		let known: Set<string> | undefined;
		return (row) => (known ??= new Set(values().map(keyed))).has(keyed(left(row)));
	}

	/** A list, or the first column of rows. */
	#values(): () => Value[] {
		if (!this.#isSource()) {
			const list = this.#list(() => this.#primary());
			return () => list.map((one) => one({}));
		}
		const source = this.#pipeline();
		return () => source().map((row) => Object.values(row)[0]!);
	}

	#difference(): Scalar {
		const left = this.#primary();
		if (!this.#takes('-')) return left;
		const right = this.#primary();
		return (row) => new Date((left(row) as Date).getTime() - (right(row) as number));
	}

	#primary(): Scalar {
		const token = this.#next();
		if (token === '(') {
			const inner = this.#scalar();
			this.#expect(')');
			return inner;
		}
		if (token.startsWith('"')) {
			const text = textOf(token);
			return () => text;
		}
		const duration = /^(\d+)([dh])$/.exec(token);
		if (duration !== null) {
			const length = Number(duration[1]) * (duration[2] === 'd' ? 86_400_000 : 3_600_000);
			return () => length;
		}
		if (/^\d+$/.test(token)) return () => Number(token);
		if (token === 'true') return () => true;
		if (this.#peek() === '(') return this.#call(token);
		if (this.#scalars.has(token)) {
			const value = this.#scalars.get(token)!;
			return () => value;
		}
		if (!/^[A-Za-z_]\w*$/.test(token)) throw this.#unknown();
		return (row) => row[token] ?? null;
	}

	#call(name: string): Scalar {
		this.#expect('(');
		if (name === 'datetime') {
			// Its argument is no expression: the tokens up to the bracket are one text.
			let text = '';
			while (this.#peek() !== ')') text += this.#next();
			this.#expect(')');
			const time = new Date(text);
			if (Number.isNaN(time.getTime())) throw new Error(`${text} is no time`);
			return () => time;
		}
		const given = this.#list(() => this.#scalar());
		this.#expect(')');
		const [first, second] = given;
		switch (name) {
			case 'tolower':
				return (row) => this.#fold(String(first!(row)), true);
			case 'tostring':
				return (row) => {
					const value = first!(row);
					return value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
				};
			case 'strcat':
				return (row) => given.map((one) => String(one(row))).join('');
			case 'bag_pack':
				return (row) => {
					const bag: Record<string, Value> = {};
					for (let i = 0; i < given.length; i += 2) bag[String(given[i]!(row))] = given[i + 1]!(row);
					return bag;
				};
			case 'ipv4_is_in_range':
			case 'ipv6_is_in_range':
				return (row) => isInRange(String(first!(row)), String(second!(row)), name === 'ipv4_is_in_range' ? 4 : 6);
			default:
				throw new Error(`the lab does not know ${name}()`);
		}
	}

	#fold(text: string, always = false): string {
		return always || this.#switches.fold === 'unicode'
			? text.toLowerCase()
			: text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
	}
}

function bitsOf(address: string, family: number): string | undefined {
	if (isIP(address) !== family) return undefined;
	if (family === 4)
		return address
			.split('.')
			.map((part) => Number(part).toString(2).padStart(8, '0'))
			.join('');
	const [head = '', tail] = address.split('::');
	const groups = (part: string) => (part === '' ? [] : part.split(':'));
	const left = groups(head);
	const right = groups(tail ?? '');
	const middle = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
	return [...left, ...middle, ...right].map((group) => parseInt(group, 16).toString(2).padStart(16, '0')).join('');
}

function isInRange(address: string, network: string, family: number): boolean {
	const [base = '', length = ''] = network.split('/');
	const [own, other] = [bitsOf(address, family), bitsOf(base, family)];
	if (own === undefined || other === undefined) return false;
	return own.slice(0, Number(length)) === other.slice(0, Number(length));
}
