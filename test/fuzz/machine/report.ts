import type { Failure, KindResult } from './fuzzer';

const INDENT = '    ';

/** What was found, and the commands that show it again. */
export function failureText({ kind, number, fault, path }: Failure, command: string, seed: number): string {
	const lines = [
		`${kind}${number === undefined ? '' : `, case ${number}`}: ${fault.what}`,
		...fault.detail
			.trimEnd()
			.split('\n')
			.map((line) => INDENT + line),
	];
	if (number !== undefined) lines.push(`${INDENT}again: ${command} ${kind} --seed ${seed} --case ${number}`);
	if (path !== undefined) lines.push(`${INDENT}   or: ${command} ${kind} --file ${path}`);
	else if (number !== undefined) lines.push(`${INDENT}(its input could not be written down)`);
	return lines.join('\n');
}

const COLUMNS = ['kind', 'cases', 'a second', 'read', 'slowest ms', 'case', 'growth MB', 'case', 'held MB', 'failures'];

const cellsOf = (results: readonly KindResult[]): Array<Array<string | number>> =>
	results.map(({ kind, cases, read, seconds, slowest, largest, held, failures, stopped }) => [
		kind,
		cases,
		seconds === 0 ? '' : Math.round(cases / seconds),
		shareOf(read, cases),
		Math.round(slowest.milliseconds),
		slowest.number,
		Math.round(largest.megabytes),
		largest.number,
		held === undefined ? '' : `${Math.round(held.from)} to ${Math.round(held.to)}`,
		failures.length === 0
			? 0
			: `${failures.length} in ${failures.reduce((sum, one) => sum + one.cases, 0)} cases${stopped ? ', stopped' : ''}`,
	]);

const shareOf = (read: number, cases: number): string => (cases === 0 ? '' : `${Math.round((100 * read) / cases)} %`);

/** One row a kind. */
export function table(results: readonly KindResult[]): string {
	const rows = cellsOf(results);
	const texts = [COLUMNS, ...rows].map((row) => row.map(String));
	const widths = COLUMNS.map((_, column) => Math.max(...texts.map((row) => row[column]!.length)));
	return texts
		.map((row) =>
			row.map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!))).join('  '),
		)
		.join('\n');
}

/** The same in Markdown, for the documentation: with their sum, without numbers of cases, which mean nothing without the seed. */
export function markdown(results: readonly KindResult[]): string {
	const sum = (count: (result: KindResult) => number): number => results.reduce((total, one) => total + count(one), 0);
	const most = (measure: (result: KindResult) => number): number => Math.max(0, ...results.map(measure));
	const number = (value: number): string => Math.round(value).toLocaleString('en-US');
	const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
	const rows = results.map((one) => [
		`\`${one.kind}\``,
		number(one.cases),
		shareOf(one.read, one.cases),
		one.seconds === 0 ? '' : number(one.cases / one.seconds),
		number(one.slowest.milliseconds),
		number(one.largest.megabytes),
		one.held === undefined ? '' : `${number(one.held.from)} to ${number(one.held.to)}`,
		one.held === undefined ? '' : number(one.held.resident),
		number(one.failures.length),
	]);
	return [
		row([
			'kind',
			'inputs',
			'read',
			'a second',
			'slowest, ms',
			'most growth, MB',
			'held, MB',
			'resident, MB',
			'failures',
		]),
		row(['---', '---:', '---:', '---:', '---:', '---:', '---:', '---:', '---:']),
		...rows.map(row),
		row([
			'**all**',
			number(sum(({ cases }) => cases)),
			shareOf(
				sum(({ read }) => read),
				sum(({ cases }) => cases),
			),
			'',
			number(most(({ slowest }) => slowest.milliseconds)),
			number(most(({ largest }) => largest.megabytes)),
			'',
			number(most(({ held }) => held?.resident ?? 0)),
			number(sum(({ failures }) => failures.length)),
		]),
	].join('\n');
}
