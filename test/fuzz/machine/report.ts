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

const COLUMNS = ['kind', 'cases', 'a second', 'refused', 'slowest ms', 'case', 'growth MB', 'case', 'failures'];

/** One row a kind. */
export function table(results: readonly KindResult[]): string {
	const rows = results.map(({ kind, cases, refused, seconds, slowest, largest, failures, stopped }) => [
		kind,
		cases,
		seconds === 0 ? '' : Math.round(cases / seconds),
		refused,
		Math.round(slowest.milliseconds),
		slowest.number,
		Math.round(largest.megabytes),
		largest.number,
		failures.length === 0
			? 0
			: `${failures.length} in ${failures.reduce((sum, one) => sum + one.cases, 0)} cases${stopped ? ', stopped' : ''}`,
	]);
	const texts = [COLUMNS, ...rows].map((row) => row.map(String));
	const widths = COLUMNS.map((_, column) => Math.max(...texts.map((row) => row[column]!.length)));
	return texts
		.map((row) =>
			row.map((text, column) => (column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!))).join('  '),
		)
		.join('\n');
}
