import { parseEmail } from '../../../lib/email';
import { campaignFrom, campaignKeys, campaignLabels, textDistance } from '../../../lib/campaign';
import { CAMPAIGN_LIMITS } from '../../../lib/limits';
import { extractIndicators } from '../../../lib/indicators';
import { bytes } from '../reported/corpus/mail';

const TEXT =
	'Dear NAME, your parcel NUMBER could not be delivered because of an unpaid fee. Please pay the fee today on our page, otherwise the parcel goes back to its sender. Your parcel service thanks you for your patience.';

const mail = async ({
	to = 'jane@corp.example',
	name = 'Jane',
	subject = 'Your parcel 4711 is waiting',
	text = TEXT,
	host = 'a1.evil.example',
	id = '9f8e7d6c5b4a3f2e',
} = {}) => {
	const body = `${text.replace('NAME', name).replace('NUMBER', String(id.length * 7919))}\nhttp://${host}/track/${id}/pay.php?uid=${to}&n=1`;
	const email = await parseEmail(
		bytes(`Received: from bulk.evil.example (bulk.evil.example [203.0.113.66]) by mx.corp.example with ESMTP id 1; Fri, 20 Nov 2026 08:00:00 +0000
From: Parcel <service@evil.example>
To: ${name} <${to}>
Subject: ${subject}
Date: Fri, 20 Nov 2026 08:00:00 +0000

${body}
`),
	);
	return campaignKeys(email, extractIndicators(email));
};

describe('the keys of a campaign', () => {
	it('come back from the JSON of an item, also where a sender called itself by a very long name', async () => {
		const helo = `mail.evil${'.examl'.repeat(60)}`;
		const email = await parseEmail(
			bytes(`Received: from ${helo} (${helo} [203.0.113.66]) by mx.corp.example with ESMTP id 1; Fri, 20 Nov 2026 08:00:00 +0000
From: a@evil.example
Subject: Pay

Pay.
`),
		);
		const keys = campaignKeys(email, []);
		expect(keys.sender).toEqual(['network:203.0.113.0/24', 'from:evil.example']);
		expect(helo.length).toBeGreaterThan(CAMPAIGN_LIMITS.maxShape);
		expect(campaignFrom(JSON.parse(JSON.stringify(keys)))).toEqual(keys);
	});

	it('are the same for its next victim: another name, number, token and host', async () => {
		const one = await mail();
		const other = await mail({
			to: 'hans.meier@corp.example',
			name: 'Hans Meier',
			subject: 'Fwd: [EXT] Your parcel 8872 is waiting',
			host: 'zz9.other.example',
			id: '00112233aabbccdd',
		});
		expect(other.key).toBe(one.key);
		expect(other.subject).toBe('your parcel # is waiting');
		expect(other.urls).toEqual(['http://*/track/*/pay.php?n&uid']);
		expect(textDistance(one.text!, other.text!)).toBeLessThanOrEqual(6);
	});

	it('are others for another message', async () => {
		const one = await mail();
		const other = await mail({
			subject: 'Invoice overdue',
			text: 'The accounting department has noticed that invoice of last month is still open and asks for the transfer of the amount before the end of this week at the latest.',
		});
		expect(other.key).not.toBe(one.key);
		expect(textDistance(one.text!, other.text!)).toBeGreaterThan(12);
	});

	it('tell small changes of a text from another text', async () => {
		const one = await mail();
		const changed = await mail({ text: TEXT.replace('today', 'now').replace('thanks you', 'thanks') });
		expect(textDistance(one.text!, changed.text!)).toBeLessThanOrEqual(20);
	});

	it('name networks and organisations of the sending side', async () => {
		expect((await mail()).sender).toEqual(['network:203.0.113.0/24', 'helo:evil.example', 'from:evil.example']);
	});

	it('are not there where there is nothing', async () => {
		const email = await parseEmail(bytes('To: a@b.example\n\n\n'));
		expect(campaignKeys(email, [])).toEqual({});
		expect(campaignLabels({})).toEqual([]);
	});

	it('are short labels', async () => {
		const labels = campaignLabels(await mail());
		expect(labels.map((label) => label.split(':')[0])).toEqual([
			'campaign',
			'campaign-subject',
			'campaign-urls',
			'campaign-text',
		]);
		for (const label of labels) expect(label.length).toBeLessThan(40);
	});

	it('of what is no fuzzy hash have no distance', () => {
		expect(textDistance('x', '0000000000000000')).toBeUndefined();
	});

	it.each([
		['words', 'a b '.repeat(200_000)],
		['digits', '1'.repeat(500_000)],
		['signs', '@#'.repeat(200_000)],
		['prefixes', 'Re: '.repeat(50_000)],
	])('of a hostile text of %s are made in a moment', async (_what, text) => {
		const email = await parseEmail(bytes(`Subject: ${text.slice(0, 100_000)}\n\n${text}\n`));
		const began = process.cpuUsage().user;
		campaignKeys(email, []);
		expect(process.cpuUsage().user - began).toBeLessThan(3_000_000);
	});
});
