import { extractIndicators, readWarningLists, type WarningListError, type WarningList } from '../../../lib/indicators';
import { INDICATOR_LIMITS } from '../../../lib/limits';

const listed = (text: string, warningLists: readonly WarningList[]): Record<string, string[]> =>
	Object.fromEntries(
		extractIndicators({ text }, { warningLists })
			.filter(({ flags }) => flags.includes('warning-list'))
			.map(({ value, warningLists: names }) => [value, names!]),
	);

const file = (type: string, list: readonly unknown[], more: object = {}): string =>
	JSON.stringify({ name: `Known ${type}`, version: 3, description: 'x', type, list, ...more }, null, 2);

it('a host of a list is one with all that is under it, in URLs and addresses, too', () => {
	const lists = readWarningLists(file('hostname', ['cdn.example', '.big-portal.example']));
	expect(
		listed('https://a.cdn.example/x jane@big-portal.example notcdn.example cdn.example.evil.example', lists),
	).toEqual({
		'https://a.cdn.example/x': ['Known hostname'],
		'a.cdn.example': ['Known hostname'],
		'jane@big-portal.example': ['Known hostname'],
		'big-portal.example': ['Known hostname'],
	});
});

it('networks, whole values, parts of values and expressions', () => {
	const lists = readWarningLists(
		`[${[
			file('cidr', ['198.51.100.0/24', '2001:db8::/32', '203.0.113.9']),
			file('string', ['Update.example', 'd41d8cd98f00b204e9800998ecf8427f']),
			file('substring', ['/wp-login', 'ogin/ver']),
			file('regex', ['/^mail[0-9]+\\.relay\\.example$/i', '\\.PNG$']),
		].join(',')}]`,
	);
	expect(
		listed(
			[
				'198.51.100.200 198.51.101.1 198.51.100.0/25 2001:db8:1::1 203.0.113.9 203.0.113.8 http://198.51.100.7/a',
				'update.example d41d8cd98f00b204e9800998ecf8427f',
				'https://two.example/wp-login.php https://three.example/Login/Verify',
				'MAIL7.relay.example https://four.example/a.PNG https://four.example/a.png',
			].join('\n'),
			lists,
		),
	).toEqual({
		'198.51.100.200': ['Known cidr'],
		'198.51.100.0/25': ['Known cidr'],
		'2001:db8:1::1': ['Known cidr'],
		'203.0.113.9': ['Known cidr'],
		'http://198.51.100.7/a': ['Known cidr'],
		'198.51.100.7': ['Known cidr'],
		'update.example': ['Known string'],
		d41d8cd98f00b204e9800998ecf8427f: ['Known string'],
		'https://two.example/wp-login.php': ['Known substring'],
		'https://three.example/Login/Verify': ['Known substring'],
		'mail7.relay.example': ['Known regex'],
		'https://four.example/a.PNG': ['Known regex'],
	});
});

it('an entry is what it stands for, however it is written', () => {
	const lists = readWarningLists([
		{
			name: 'Known string',
			type: 'string',
			list: [
				'2001:0DB8:0000:0000:0000:0000:0000:0001',
				'B\u00fccher.example',
				'root.example.',
				'HTTPS://Shop.example',
				'Info@B\u00fccher.example',
			],
		},
		{
			name: 'Known hostname',
			type: 'hostname',
			list: [
				'https://one.example/',
				'*.two.example',
				'three.example:8080',
				'four.example.',
				'm\u00fcnchen.example',
				'203.0.113.9',
				'[2001:0db8::00aa]',
			],
		},
		{
			name: 'Known regex',
			type: 'regex',
			list: ['#^h1\\.example$#', '@^H2[.]example$@i', '~^h3\\.example$~', '{^h4\\.example$}i', '/^h5\\.example$/uD'],
		},
	]);
	const text =
		'2001:db8::1 b\u00fccher.example root.example https://shop.example/ info@b\u00fccher.example a.one.example b.two.example three.example four.example www.m\u00fcnchen.example http://203.0.113.9/a 2001:db8::aa h1.example h2.example h3.example h4.example h5.example h6.example';
	const told = listed(text, lists);
	const values = (name: string): string[] => Object.keys(told).filter((value) => told[value]!.includes(name));
	expect(values('Known string')).toEqual([
		'2001:db8::1',
		'xn--bcher-kva.example',
		'root.example',
		'https://shop.example/',
		'info@xn--bcher-kva.example',
	]);
	expect(values('Known hostname')).toEqual([
		'a.one.example',
		'b.two.example',
		'three.example',
		'four.example',
		'www.xn--mnchen-3ya.example',
		'http://203.0.113.9/a',
		'203.0.113.9',
		'2001:db8::aa',
	]);
	expect(values('Known regex')).toEqual([1, 2, 3, 4, 5].map((index) => `h${index}.example`));
});

it('a list is for the attributes that it names, and a value has the names of all lists that it stands on', () => {
	const lists = readWarningLists([
		{ name: 'Portals', type: 'hostname', list: ['portal.example'], matching_attributes: ['domain|ip', 'hostname'] },
		{ name: 'Top sites', type: 'hostname', list: ['example'] },
	]);
	expect(listed('https://portal.example/a', lists)).toEqual({
		'https://portal.example/a': ['Top sites'],
		'portal.example': ['Portals', 'Top sites'],
	});
});

it('flags, and leaves out only what is asked to be left out', () => {
	const warningLists = readWarningLists(file('hostname', ['portal.example']));
	const text = 'portal.example other.example';
	expect(extractIndicators({ text }, { warningLists })).toHaveLength(2);
	let leftOut = {};
	const kept = extractIndicators(
		{ text },
		{ warningLists, exclude: ['warning-list'], onLeftOut: (counts) => (leftOut = counts) },
	);
	expect(kept.map(({ value }) => value)).toEqual(['other.example']);
	expect(leftOut).toEqual({ 'warning-list': 1 });
});

describe('a bad list is an error that names the line', () => {
	const failure = (given: unknown): WarningListError => {
		try {
			readWarningLists(given);
		} catch (error) {
			return error as WarningListError;
		}
		throw new Error('It was read.');
	};
	const two = (type: string, entries: readonly unknown[]): string =>
		`[\n${file('string', ['"list": [', 'a,b:{c}'])},\n${file(type, entries)}\n]`;

	it.each([
		['a network', two('cidr', ['198.51.100.0/24', '198.51.100.0/33']), '198.51.100.0/33', 'CIDR'],
		['an expression', two('regex', ['^a$', '(?<=a)b']), '(?<=a)b', 'regular expression'],
		['text', two('hostname', ['a.example', 7]), '    7', 'not text'],
		['something', two('string', ['a', ' ']), '" "', 'not text'],
		['a host', two('hostname', ['a.example', 'not a host!!']), 'not a host', 'not the name or the address of a host'],
		['a host, but a page', two('hostname', ['a.example', 'https://a.example/x']), 'a.example/x', 'of a host'],
		['a host, but a network', two('hostname', ['a.example', '198.51.100.0/24']), '198.51.100', 'of a host'],
		['an expression with flags of RE2', two('regex', ['^a$', '/a b/x']), '/a b/x', 'regular expression'],
		[
			'a network, under a key with escapes',
			two('cidr', ['198.51.100.0/24', 'x.y']).replaceAll('"list"', '"l\\u0069s\\u0074"'),
			'x.y',
			'CIDR',
		],
	])('an entry that is not %s', (_, text, entry, why) => {
		const { code, line, message, hint } = failure(text);
		expect(code).toBe('WARNING_LIST_INVALID');
		expect(text.split('\n')[line! - 1]).toContain(entry);
		expect(message).toContain(why);
		expect(message).toContain(`line ${line}`);
		expect(hint).toContain('MISP');
	});

	it('text that is no JSON, a list without a name, a type or entries', () => {
		expect(failure('{\n"name": "x",\n"list": [1,,]\n}').line).toBe(3);
		expect(failure('{"name": "x",\n"list": ["a" "b"]}').line).toBe(2);
		expect(failure('{"name": "x"').message).toContain('Line 1');
		expect(failure('[\n{"type":"string","list":[]}]').message).toMatch(/Warning list 1, line 2: .*'name'/);
		expect(failure('{"name":"x","type":"hosts","list":[]}').message).toContain("its 'type' is none of cidr");
		expect(failure({ name: 'x', type: 'string' }).message).toBe("The warning list 'x': its 'list' is not an array.");
		expect(failure({ name: 'x', type: 'cidr', list: ['y'] }).message).toContain('entry 1');
		expect(failure('7').message).toContain('not an object');
	});

	it('more expressions than are asked, and entries longer than values are', () => {
		const { maxWarningListExpressions, maxWarningListEntry } = INDICATOR_LIMITS;
		const many = Array.from({ length: maxWarningListExpressions + 1 }, (_, index) => `^a${index}$`);
		expect(failure({ name: 'x', type: 'regex', list: many }).message).toContain('regular expressions');
		expect(failure({ name: 'x', type: 'string', list: ['a'.repeat(maxWarningListEntry + 1)] }).message).toContain(
			'too long',
		);
	});
});

it('what a value costs does not grow with the lists, and no expression backtracks', () => {
	const steps = (entries: number): number => {
		const list = Array.from({ length: entries }, (_, index) => `p${index}`);
		const warningLists = readWarningLists([
			{ name: 'parts', type: 'substring', list },
			{ name: 'hosts', type: 'hostname', list },
			{ name: 'slow', type: 'regex', list: ['^(a+)+$', '^(a|a)*b$'] },
		]);
		const input = { text: `https://drop.example/${'a'.repeat(1_500)}!` };
		extractIndicators(input, { warningLists });
		const before = process.cpuUsage();
		for (let round = 0; round < 20; round++) extractIndicators(input, { warningLists });
		const { user, system } = process.cpuUsage(before);
		return user + system;
	};
	const few = steps(1_000);
	expect(steps(50_000)).toBeLessThan(few * 8 + 50_000);
});
