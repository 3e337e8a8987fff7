import { Parser } from 'htmlparser2';
import { bundleToHtml, bundleToSvg } from '../../../lib/stix';

/** What would run, load or navigate if it were taken for markup. */
const ATTACKS = [
	'<script>alert(1)</script>',
	'"><img src=x onerror=alert(1)>',
	"' onload='alert(1)",
	'</text></svg><iframe src="https://evil.example/">',
	']]><style>@import url(https://evil.example/)</style>',
	'javascript:alert(1)',
	'data:text/html,<script>alert(1)</script>',
	'<svg/onload=alert(1)>',
	'<!--><a xlink:href="https://evil.example/">',
	'&lt;script&gt;',
	'{{constructor.constructor("alert(1)")()}}',
];
/** Where a foreign bundle may have a text. */
const FIELDS = [
	'value',
	'name',
	'subject',
	'description',
	'pattern',
	'type',
	'id',
	'created',
	'first_observed',
	'labels',
];

function elementsOf(text: string): { names: Set<string>; attributes: Set<string>; values: string[] } {
	const names = new Set<string>();
	const attributes = new Set<string>();
	const values: string[] = [];
	const parser = new Parser(
		{
			onopentag(name, found) {
				names.add(name);
				for (const [attribute, value] of Object.entries(found)) {
					attributes.add(attribute);
					values.push(value);
				}
			},
		},
		{ lowerCaseAttributeNames: false, lowerCaseTags: false },
	);
	parser.end(text);
	return { names, attributes, values };
}

const bundleOf = (attack: string, field: string) =>
	({
		type: 'bundle',
		id: 'bundle--1',
		objects: [
			{ type: 'url', id: 'url--1', value: 'x', [field]: field === 'labels' ? [attack] : attack },
			{
				type: 'relationship',
				id: 'relationship--1',
				source_ref: 'url--1',
				target_ref: attack,
				relationship_type: attack,
			},
		],
	}) as never;
const harmless = {
	svg: elementsOf(bundleToSvg(bundleOf('x', 'value'))),
	html: elementsOf(bundleToHtml(bundleOf('x', 'value'))),
};

describe.each(ATTACKS)('a bundle with %s', (attack) => {
	it.each(FIELDS)('as %s shows it as text, in the picture and on the page', (field) => {
		const bundle = bundleOf(attack, field);
		for (const [kind, text] of [
			['svg', bundleToSvg(bundle)],
			['html', bundleToHtml(bundle)],
		] as const) {
			const { names, attributes, values } = elementsOf(text);
			expect(
				[...names].filter(
					(name) =>
						!harmless[kind].names.has(name) && !/^(?:line|path|rect|text|tspan|g|tr|td|th|title|span|a)$/.test(name),
				),
			).toEqual([]);
			expect([...attributes].filter((name) => /^on/i.test(name) || name === 'srcdoc')).toEqual([]);
			expect(values.filter((value) => /^\s*(?:javascript|data|vbscript):/i.test(value))).toEqual([]);
			expect(names.has('script')).toBe(false);
		}
	});
});
