/** What the demos print. */
const started = Date.now();

export const say = (text: string) => process.stdout.write(`${text}\n`);
export const step = (text: string) => say(`\n[${((Date.now() - started) / 1000).toFixed(1).padStart(5)} s] ${text}`);

/** A table whose columns are as wide as they need, up to a limit. */
export function printRows<Column extends string>(limits: Record<Column, number>, rows: Record<Column, string>[]): void {
	const columns = Object.keys(limits) as Column[];
	const cut = (value: string, limit: number) => (value.length > limit ? `${value.slice(0, limit - 1)}…` : value);
	const width = (column: Column) =>
		Math.max(column.length, ...rows.map((row) => cut(row[column], limits[column]).length));
	const line = (values: string[]) =>
		`  ${values
			.map((value, index) => value.padEnd(width(columns[index]!)))
			.join('  ')
			.trimEnd()}`;
	say(line(columns));
	say(line(columns.map((column) => '-'.repeat(width(column)))));
	for (const row of rows) say(line(columns.map((column) => cut(row[column], limits[column]))));
}
