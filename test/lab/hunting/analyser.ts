import { Worker } from 'node:worker_threads';
import { textOf } from './kql';
import { columnsOf, SCHEMA, type TableName } from './tables';

/*
 * Microsoft's own parser and binder of KQL (`@kusto/language-service-next`), made from C#. In a thread of its own: it puts itself into
 * the global object, and inside of Jest's it would be ten times as slow.
 */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads');
require(workerData.bridge);
require(workerData.language);
const kusto = globalThis.Kusto.Language;
const tables = Object.entries(workerData.schema).map(([name, schema]) => kusto.Symbols.TableSymbol.From(schema).WithName(name));
const globals = kusto.GlobalState.Default.WithDatabase(new kusto.Symbols.DatabaseSymbol.$ctor3('hunting', null, tables, false));
const messagesOf = (found) => Array.from({ length: found.Count }, (_, index) => found.getItem(index).Message);
const faultsOf = (query) => messagesOf(kusto.KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics());
function literalOf(text) {
	const code = kusto.KustoCode.Parse('print ' + text);
	if (code.GetSyntaxDiagnostics().Count > 0) return undefined;
	const values = [];
	kusto.Syntax.SyntaxElement.WalkNodes(code.Syntax, ({ LiteralValue: value }) => {
		if (value !== undefined && value !== null) values.push(value);
	});
	return values.length === 1 ? values[0] : undefined;
}
parentPort.on('message', ({ id, kind, text }) => {
	parentPort.postMessage({ id, answer: kind === 'faults' ? faultsOf(text) : literalOf(text) });
});
`;

type Waiting = (answer: unknown) => void;
let thread: { worker: Worker; waiting: Map<number, Waiting>; count: number } | undefined;

function start(): NonNullable<typeof thread> {
	const workerData = {
		bridge: require.resolve('@kusto/language-service-next/bridge.min.js'),
		language: require.resolve('@kusto/language-service-next/Kusto.Language.Bridge.min.js'),
		schema: SCHEMA,
	};
	const worker = new Worker(THREAD, { eval: true, workerData });
	const waiting = new Map<number, Waiting>();
	worker.on('message', ({ id, answer }: { id: number; answer: unknown }) => {
		waiting.get(id)!(answer);
		waiting.delete(id);
		if (waiting.size === 0) worker.unref();
	});
	worker.unref();
	return { worker, waiting, count: 0 };
}

async function ask<T>(kind: 'faults' | 'literal', text: string): Promise<T> {
	thread ??= start();
	const { worker, waiting } = thread;
	const id = thread.count++;
	return await new Promise<T>((resolve) => {
		waiting.set(id, resolve as Waiting);
		worker.ref();
		worker.postMessage({ id, kind, text });
	});
}

/** What Microsoft's analyser finds wrong in a query over the documented tables. */
export const faultsOf = async (query: string): Promise<string[]> => await ask('faults', query);

/** What a literal says, as Microsoft's parser reads it; undefined where it is not exactly one. */
export const literalOf = async (text: string): Promise<unknown> => await ask('literal', text);

const LITERAL = /"(?:[^"\\\r\n]|\\.)*"/g;
const sound = new Map<string, Promise<string[]>>();
/** Then what was looked at is forgotten: a process may go on for ever. */
const MOST = 10_000;

/** What queries write in quotes of their own accord: names of columns in bags, and what joins two of them. */
const OWN = new Set([
	' ',
	...(Object.keys(SCHEMA) as TableName[]).flatMap((table) => columnsOf(table).map(([name]) => name)),
]);

/** A query taken apart: what its literals say, and the rest of it with a name in place of each. */
export function literalsOf(query: string): { values: string[]; around: string } {
	const values: string[] = [];
	const around = query.replace(LITERAL, (literal) => {
		values.push(textOf(literal));
		return 'x';
	});
	return { values: values.filter((value) => !OWN.has(value)), around };
}

function once(key: string, look: () => Promise<string[]>): Promise<string[]> {
	let answer = sound.get(key);
	if (sound.size >= MOST) sound.clear();
	if (answer === undefined) sound.set(key, (answer = look()));
	return answer;
}

/**
 * The same for many queries that differ in their values alone. Each literal is read by Microsoft's parser for itself, and must be one
 * whole literal; what stands around them is analysed once.
 */
export async function faultsOfShape(query: string): Promise<string[]> {
	const literals = new Set(query.match(LITERAL) ?? []);
	const shape = query
		.replace(LITERAL, '"x"')
		.replace(/\("x"(?:, "x")+\)/g, '("x", "x")')
		.replace(/datetime\([^()]*\)/g, 'datetime(2026-01-01)')
		.replace(/let Most = \d+/, 'let Most = 1');
	const wrong = [...literals].map((literal) =>
		once(literal, async () => (typeof (await literalOf(literal)) === 'string' ? [] : [`${literal} is no literal`])),
	);
	return (await Promise.all([...wrong, once(shape, async () => await faultsOf(shape))])).flat();
}
