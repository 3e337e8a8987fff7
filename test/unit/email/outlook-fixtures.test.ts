import { parseEmail, type Email } from '../../../lib/email';
import { fixture, NOTHING } from './message';

const inside = async (name: string): Promise<Email> => (await parseEmail(fixture(name))).attachments[0]!.email!;

describe('what Outlook and Exchange wrote, as it lies in a mailbox', () => {
	it.each<[string, string, object]>([
		[
			'outlook-code-page.eml',
			'8-bit strings in the code page that the message names',
			{
				subject: '口座確認のお願い',
				text: 'https://bank.phish.example/ で確認してください',
			},
		],
		[
			'outlook-code-page-cyrillic.eml',
			'or in that of its language',
			{
				subject: 'Счёт за май',
				text: 'https://schet.phish.example/',
			},
		],
		[
			'outlook-on-behalf.eml',
			'sent on behalf',
			{
				from: [{ address: 'director@corp.example', name: 'Director' }],
				sender: { address: 'helper@phish.example', name: 'Helper' },
			},
		],
		[
			'outlook-reply-to.eml',
			'Reply-To and In-Reply-To without a header',
			{
				replyTo: [{ address: 'director@phish.example', name: 'Director' }],
				inReplyTo: '<first@corp.example>',
			},
		],
		[
			'outlook-rtf-html.eml',
			'HTML that is packed into RTF',
			{
				html: '<p><a href="https://statement.phish.example/open">Open your statement</a></p>',
			},
		],
		[
			'winmail-exchange-sender.eml',
			'a sender whose address Exchange keeps elsewhere',
			{
				from: [{ address: 'boss@corp.example', name: 'Boss' }],
			},
		],
		[
			'winmail-named-property.eml',
			'what stands behind a property with a name',
			{
				subject: 'Parcel 12',
				messageId: '<parcel@phish.example>',
				text: 'https://parcel.phish.example/',
			},
		],
		[
			'winmail-data-in-properties.eml',
			'bytes of an attachment among its properties',
			{
				attachments: [{ fileName: 'order.js', size: 47 }],
			},
		],
		[
			'winmail-message-inside.eml',
			'a message inside',
			{
				attachments: [{ size: 0, sha256: '', email: { subject: 'Inner', text: 'https://inner.phish.example/' } }],
			},
		],
		[
			'outlook-message-inside.eml',
			'a message inside of a message file',
			{
				attachments: [
					{ size: 0, sha256: '', email: { subject: 'The lure', from: [{ address: 'lure@phish.example' }] } },
				],
			},
		],
	])('%s: %s', async (name, _, expected) => expect(await inside(name)).toMatchObject(expected));

	it('an attached message has no hash, and not that of nothing', async () => {
		for (const name of ['outlook-message-inside.eml', 'winmail-message-inside.eml'])
			expect(JSON.stringify(await inside(name))).not.toContain(NOTHING);
	});
});
