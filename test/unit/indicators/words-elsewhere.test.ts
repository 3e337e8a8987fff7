import { parseEmail, type Email } from '../../../lib/email';
import { extractIndicators, LEAVE_OUT_PRESETS } from '../../../lib/indicators';
import { asMsgMail, inner, literalRtf, msg, oneOff, oneOffs, recipient, stream, text } from '../email/outlookFiles';
import { attachment, message } from './messages';

const urlsAndAddresses = (input: Parameters<typeof extractIndicators>[0]): string[] =>
	extractIndicators(input, { attachments: false })
		.filter(({ derivedFrom }) => derivedFrom === undefined)
		.map(({ value, sources }) => `${sources[0]?.field ?? ''} ${value}`.trim());

describe('words in attributes', () => {
	it('are read: alternative texts, titles, values of forms', () => {
		const html = `<img alt="Visit https://a.example/x or call"><a title="https://b.example/y" href="#">x</a><abbr aria-label="c.example">z</abbr>
			<form><input type=hidden name=go value="https://d.example/r"><input name=e value="jane@e.example"><button value="Send."></form>`;
		expect(urlsAndAddresses({ html })).toEqual([
			'a[title] https://b.example/y',
			'input[value] https://d.example/r',
			'img[alt] https://a.example/x',
			'abbr[aria-label] c.example',
			'input[value] jane@e.example',
		]);
	});

	it('a picture in a link that names another domain is a lure', () => {
		const html = '<a href="https://drop.example/a"><img src="https://drop.example/x.png" alt="www.bank.com"></a>';
		const found = extractIndicators({ html });
		expect(found.find(({ value }) => value === 'https://drop.example/a')?.flags).toContain('href-mismatch');
		expect(found.find(({ value }) => value === 'www.bank.com')?.flags).toEqual(['link-text']);
		expect(
			extractIndicators({ html }, { exclude: LEAVE_OUT_PRESETS.phishingTriage }).map(({ value }) => value),
		).not.toContain('www.bank.com');
	});

	it('of an element that is hidden are hidden', () => {
		const found = extractIndicators({ html: '<div style="display:none"><img alt="see drop.example/a"></div>' });
		expect(found.map(({ flags }) => flags)).toEqual([
			expect.arrayContaining(['hidden-text']),
			expect.arrayContaining(['hidden-text']),
		]);
	});
});

it('pictures of image-set() are told, in whatever way they are written', () => {
	const css = `.y{background-image:image-set("https://a.example/1.png" 1x, url("https://b.example/2.png") 2x)} .z{background:u\\72l(https://c.example/3.png)}`;
	expect(urlsAndAddresses({ html: `<style>${css}</style>` }).sort()).toEqual([
		'style https://a.example/1.png',
		'style https://b.example/2.png',
		'style https://c.example/3.png',
	]);
});

it('enriched text is read without its commands', () => {
	const parts = [
		{
			partId: '1',
			contentType: 'text/enriched',
			size: 1,
			text: '<bold>Go</bold> <<https://a.example/x> <italic>https://b</italic>.example/y <x-url><param>https://c.example/z</param>here</x-url>',
		},
	];
	expect(urlsAndAddresses(message({ parts })).map((one) => one.split(' ')[1])).toEqual([
		'https://a.example/x',
		'https://b.example/y',
		'https://c.example/z',
	]);
});

it('a reported URL that is folded is one', () => {
	const report = 'Feedback-Type: abuse\r\nReported-URI: https://drop.example/\r\n x?y=1\r\n';
	expect(
		urlsAndAddresses(
			message({ attachments: [attachment(report, { contentType: 'message/feedback-report', fileName: 'r' })] }),
		),
	).toEqual(['r Reported-URI https://drop.example/x?y=1']);
});

it('a URL in angle brackets that a reply broke is one', () => {
	const text =
		'> see <https://drop.example/long/\n> path?x=1> ok\n> > <https://two.example/a\n> > b\n> > c>\n> <https://three.example/>\n> <b>';
	expect(urlsAndAddresses({ text })).toEqual([
		'https://drop.example/long/path?x=1',
		'https://two.example/abc',
		'https://three.example/',
	]);
	expect(extractIndicators({ text: text.split(' ok')[0]! })[0]?.sources[0]).toEqual({ part: 'text', offset: 7 });
	const broken = '> <http://a\n'.repeat(40_000);
	expect(extractIndicators({ text: broken }).length).toBeLessThan(10);
});

describe('people and links of Outlook messages', () => {
	const read = (...nodes: Parameters<typeof msg>): Promise<Email> => inner(asMsgMail(msg(...nodes)));

	it('an address in the name of the sender is his', async () => {
		expect((await read(text(0x0c1a, '"John Doe" <john@drop.example.net>'))).from).toEqual([
			{ address: 'john@drop.example.net', name: 'John Doe' },
		]);
	});

	it('who it shows that it went to, where no recipient is listed', async () => {
		const shown = [text(0x0e04, 'to@own.example; "Second" <two@own.example>'), text(0x0e03, 'cc@own.example')];
		const email = await read(text(0x0c1f, 'a@drop.example.net'), ...shown);
		expect(email.to.map(({ address }) => address)).toEqual(['to@own.example', 'two@own.example']);
		expect(email.cc.map(({ address }) => address)).toEqual(['cc@own.example']);
		const listed = await read(...shown, recipient(0, [text(0x39fe, 'bob@own.example')]));
		expect([listed.to, listed.cc]).toEqual([[{ address: 'bob@own.example' }], []]);
	});

	it('replies to all that stand in the entries or the names', async () => {
		const entries = oneOffs(oneOff('Thief', 'a/b=c@drop.example.net'), oneOff('X', '/o=x/cn=y', { type: 'EX' }));
		const email = await read(
			stream(0x004f, 0x0102, entries),
			text(0x0050, 'Thief;second@two.example.net; A/B=c@drop.example.net'),
		);
		expect(email.replyTo).toEqual([
			{ address: 'a/b=c@drop.example.net', name: 'Thief' },
			{ address: 'second@two.example.net' },
		]);
	});

	it('the target of a field behind a switch that is lost for a control word', async () => {
		const rtf =
			'{\\rtf1\\ansi Pay {\\field{\\*\\fldinst {HYPERLINK \\l "x" "https://drop.example.net/a" \\o "tip"}}{\\fldrslt here}}}';
		const email = await parseEmail(asMsgMail(msg(stream(0x1009, 0x0102, literalRtf(Buffer.from(rtf))))));
		expect(urlsAndAddresses(email)).toContain('https://drop.example.net/a');
	});
});
