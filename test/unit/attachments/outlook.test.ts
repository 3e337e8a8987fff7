import { closeAttachments, openAttachments } from '../../../lib/attachments';
import { extractIndicators } from '../../../lib/indicators';
import { attachment, msg, stream, text } from '../email/outlookFiles';
import { fixture, mailWith, within } from './corpus';
import { storedZip } from './storedZip';

// The worker has an instance of its own: what throws here is what the thread of n8n itself would do.
jest.mock('../../../lib/email/outlook', () => ({
	...jest.requireActual<object>('../../../lib/email/outlook'),
	readOutlookFile: () => {
		throw new Error('on the main thread');
	},
}));

afterAll(closeAttachments);

const URL = 'https://outlook.example.com/login';

async function open(inner: Buffer) {
	const mail = await mailWith([{ name: 'a.zip', bytes: storedZip({ 'a.msg': inner }) }]);
	const email = await openAttachments(mail);
	const [, message] = [...within(email.attachments[0]!)];
	return { email, message };
}

describe('a message of Outlook in an archive', () => {
	it('is read, with what is attached to it, and not where everything else has to wait for it', async () => {
		const pdf = attachment(0, [text(0x3707, 'link.pdf'), stream(0x3701, 0x102, fixture('link.pdf'))]);
		const { email, message } = await open(msg(text(0x37, 'Invoice'), text(0x1000, `Open ${URL}`), pdf));
		expect(message?.email?.subject).toBe('Invoice');
		expect(message?.email?.attachments[0]?.content).toEqual(fixture('link.pdf'));
		const urls = extractIndicators(email).filter(({ type }) => type === 'url');
		expect(urls.map(({ value }) => value).toSorted()).toEqual(['https://link.example.com/login?user=1&next=2', URL]);
		expect(email.warnings).toEqual([]);
	});

	it('that is broken is told, and the rest of the mail is read', async () => {
		const whole = msg(text(0x37, 'Invoice'), text(0x1000, `Open ${URL}`));
		const { email, message } = await open(whole.subarray(0, 1_600));
		const { flags = [], notRead = [] } = message?.opened ?? {};
		expect({ isTold: flags.includes('damaged') || message?.email !== undefined, notRead }).toMatchObject({
			isTold: true,
		});
		expect(email.attachments).toHaveLength(1);
	});
});
