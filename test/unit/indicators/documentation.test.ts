import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFANG_FORMS, extractIndicators, refang, type Indicator } from '../../../lib/indicators';

const page = readFileSync(join(__dirname, '../../../docs/indicators.md'), 'utf8');
const section = (title: string): string => page.split(`## ${title}\n`)[1]?.split('\n## ')[0] ?? '';
const tables = (text: string): string[][][] =>
	text
		.split(/\n(?!\|)/)
		.map((block) => block.split('\n').filter((line) => line.startsWith('| ')))
		.filter((lines) => lines.length > 0)
		.map((lines) =>
			lines.slice(1).map((line) =>
				line
					.slice(2, -2)
					.split(' | ')
					.map((cell) => cell.replace(/^`(.*)`$/, '$1')),
			),
		);

it('every defanged spelling of the page reads as the page says, and none is missing', () => {
	const [rows = []] = tables(section('Defanged spellings'));
	expect(rows.length).toBeGreaterThanOrEqual(Object.keys(DEFANG_FORMS).length);
	for (const [written = '', read] of rows) expect(refang(written)).toBe(read);
});

it('the examples of the page are what the code gives', () => {
	const examples = section('Examples');
	const html = /```html\n([\s\S]*?)\n```/.exec(examples)?.[1] ?? '';
	const text = /```text\n([\s\S]*?)\n```/.exec(examples)?.[1] ?? '';
	const row = ({ type, value, flags, defanged }: Indicator): string[] => [
		type,
		value,
		[...(defanged ? ['defanged'] : []), ...flags].join(', '),
	];
	const [ofHtml = [], ofText = []] = tables(examples).map((rows) =>
		rows.map((cells) => cells.slice(0, 3).map((cell) => cell.trim())),
	);
	expect(ofHtml).toEqual(extractIndicators({ html }).map(row));
	expect(ofText).toEqual(extractIndicators({ text }).map(row));
});
