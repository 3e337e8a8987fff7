import { extractIndicators, isValidIndicator, readWarningLists, refang, unwrapUrl } from '../../../lib/indicators';
import { ATTRIBUTES, attributesOf, filled, HTML, STYLES, stylesOf, TEXTS } from '../../hostile/texts';
import { message } from './messages';

// Half a megabyte of each: a quadratic step would take minutes, and the test its time limit. The bench prints the ratios.
const SIZE = 500_000;
const fill = (pattern: string): string => filled(pattern, SIZE);
const everything = {
	cve: true,
	asn: true,
	mac: true,
	wallets: true,
	phones: true,
	techniques: true,
	registryKeys: true,
	handles: true,
} as const;

it.each(TEXTS)('text of nothing but %j', (pattern) => {
	const found = extractIndicators(
		{ text: fill(pattern) },
		{ ...everything, ownDomains: ['northwind.com'], vipNames: ['Jane Doe'] },
	);
	expect(found.every(isValidIndicator)).toBe(true);
	expect(found.length).toBeLessThanOrEqual(5_000);
	expect(refang(fill(pattern).slice(0, 20_000)).length).toBeLessThanOrEqual(20_000);
});

it.each(HTML)('HTML of nothing but %j', (pattern) => {
	expect(extractIndicators({ html: fill(pattern) }).every(isValidIndicator)).toBe(true);
});

it.each(STYLES)('styles of nothing but %j', (pattern) => {
	for (const html of stylesOf(pattern, SIZE)) expect(extractIndicators({ html }).every(isValidIndicator)).toBe(true);
});

it('elements of a name each, of classes beyond number, under selectors beyond number', () => {
	const rules = Array.from({ length: 4_000 }, (_, index) => `.a .c${index % 10} b.x{display:none}`).join('');
	const elements = Array.from({ length: 20_000 }, (_, index) => `<b class="x c${index % 10}" id=i${index}>a.com</b>`);
	const classes = Array.from({ length: 50_000 }, (_, index) => `c${index}`).join(' ');
	const html = `<style>${rules}</style><div class=a><p class="${classes}">${elements.join('')}`;
	expect(extractIndicators({ html }).every(isValidIndicator)).toBe(true);
});

it.each(ATTRIBUTES)('attributes of nothing but %j', (pattern) => {
	expect(extractIndicators({ html: attributesOf(pattern, SIZE) }).every(isValidIndicator)).toBe(true);
});

it('a URL of five megabytes gives its host, and nothing of its length', () => {
	const found = extractIndicators({ text: `http://evil.example/${'a'.repeat(5_000_000)} http://next.example/` });
	expect(found.map(({ type, value }) => `${type} ${value}`)).toEqual([
		'domain-name evil.example',
		'url http://next.example/',
		'domain-name next.example',
	]);
	expect(JSON.stringify(found).length).toBeLessThan(2_000);
});

it('headers beyond reason: long Received lines, many fields, long results', () => {
	const found = extractIndicators(
		message({
			receivedLines: Array.from(
				{ length: 20_000 },
				(_, index) => `from a${index}.example ([203.0.${index >> 8}.${index & 255}]) ${'('.repeat(500)} by x`,
			),
			authenticationResults: [fill('header.d='), fill('client-ip=1')],
			headers: Array.from({ length: 5_000 }, () => ({ name: 'List-Unsubscribe', value: '<'.repeat(1_000) })),
			from: [{ address: fill('a@').slice(0, 100_000), name: fill('a.') }],
			subject: fill('http://'),
		}),
	);
	expect(found.filter(({ type }) => type === 'ipv4-addr')).toHaveLength(200);
});

it('rewriters wrapped in themselves without end', () => {
	let url = 'https://evil.example/';
	for (let depth = 0; depth < 8; depth++) url = `https://slack-redir.net/link?url=${encodeURIComponent(url)}`;
	expect(unwrapUrl(url).url).toBe('https://evil.example/');
	expect(unwrapUrl(`https://urldefense.com/v3/__${'*'.repeat(15_000)}__;${'A'.repeat(1_000)}!!x$`).wrappers).toEqual(
		[],
	);
});

it('hosts beyond number beside domains to be protected, and reports, calendars and documents of nothing but one line', () => {
	const hosts = Array.from({ length: 6_000 }, (_, index) => `northwin${index.toString(36)}.com`).join(' ');
	const protectedDomains = Array.from({ length: 600 }, (_, index) => `northwind${index}.com`);
	expect(extractIndicators({ text: hosts }, { protectedDomains }).every(isValidIndicator)).toBe(true);

	const types = [
		'message/delivery-status',
		'text/rfc822-headers',
		'text/calendar',
		'text/vcard',
		'application/json',
		'text/rtf',
	];
	for (const contentType of types) {
		for (const line of [
			'a: b\n',
			' \n',
			'a:\n b\n',
			'A;ENCODING=QUOTED-PRINTABLE:=\n',
			'\\n',
			'=',
			'{\\rtf1 ',
			'From: <a@b.com>\n',
		]) {
			const parts = [{ partId: '1', contentType, size: SIZE, text: fill(line).slice(0, 100_000) }];
			expect(extractIndicators(message({ parts })).every(isValidIndicator)).toBe(true);
		}
	}
});

it('a warning list of nothing but brackets, quotes or entries names its line in time', () => {
	for (const text of [
		fill('['),
		fill('{"list":['),
		fill('"'),
		fill('"a",'),
		`[${fill('{},')}7]`,
		`{"name":"x","type":"cidr","list":[${fill('"1.2.3.4",\n')}"x"]}`,
	])
		expect(() => readWarningLists(text)).toThrow(/line \d+/i);
});
