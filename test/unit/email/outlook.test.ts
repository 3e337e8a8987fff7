import fc from 'fast-check';
import { parseEmail } from '../../../lib/email';
import { Budget } from '../../../lib/email/budget';
import { readCompoundFile } from '../../../lib/email/outlook/compoundFile';
import { MapiReading } from '../../../lib/email/outlook/mapi';
import { readOutlookMessage } from '../../../lib/email/outlook/msg';
import { readTnef } from '../../../lib/email/outlook/tnef';
import { crlf, fixture } from './message';

const reading = (): MapiReading => new MapiReading(new Budget({}));

describe('an attached Outlook .msg file', () => {
	it('is opened: sender, recipients, times, bodies, attachments, messages inside', async () => {
		const { attachments, warnings } = await parseEmail(fixture('outlook-msg.eml'));
		expect(warnings).toEqual([]);
		expect(attachments[0]).toMatchObject({ fileName: 'Invoice.msg', contentType: 'application/vnd.ms-outlook' });
		expect(attachments[0]!.email).toMatchObject({
			partial: true,
			subject: 'Invoice für Mai',
			messageId: '<outlook@example.net>',
			from: [{ address: 'mallory@example.net', name: 'Mallory' }],
			to: [{ address: 'soc@example.com', name: 'SOC' }],
			date: new Date('2026-05-05T08:11:12Z'),
			receivedAt: new Date('2026-05-05T08:11:40Z'),
			text: 'Please open https://msg.example.net/\n',
			html: expect.stringContaining('<a href="https://msg.example.net/">'),
			attachments: [
				{ fileName: 'invoice.pdf.exe', size: 202 },
				{
					fileName: 'Inner message',
					email: { subject: 'Inner message', text: 'inner text https://inner.example.net/' },
				},
			],
		});
	});

	it('that is broken stays a file, with a warning', async () => {
		const email = await parseEmail(crlf('Content-Type: application/vnd.ms-outlook; name=a.msg\n\nnot a compound file'));
		expect(email.warnings.map(({ code }) => code)).toContain('msg-unopened');
		expect(email.attachments[0]!.email).toBeUndefined();
	});
});

describe('a winmail.dat', () => {
	it('is opened: body and attachments with their long names', async () => {
		const { attachments, warnings } = await parseEmail(fixture('winmail.eml'));
		expect(warnings).toEqual([]);
		expect(attachments[0]!.email).toMatchObject({
			partial: true,
			text: 'Inside the TNEF https://tnef.example.net/',
			attachments: [{ fileName: 'report für mai.txt', size: 18, content: Buffer.from('attached in TNEF\r\n') }],
		});
	});

	it('that is none stays a file, with a warning', async () => {
		const email = await parseEmail(crlf('Content-Type: application/ms-tnef; name=winmail.dat\n\nnot TNEF'));
		expect(email.warnings.map(({ code }) => code)).toContain('tnef-unopened');
	});
});

describe('hostile Outlook files', () => {
	let msg: Buffer;
	let tnef: Buffer;
	beforeAll(async () => {
		msg = (await parseEmail(fixture('outlook-msg.eml'))).attachments[0]!.content!;
		tnef = (await parseEmail(fixture('winmail.eml'))).attachments[0]!.content!;
	});

	it('a chain of sectors or a tree of entries that runs in a ring ends', () => {
		const fat = (msg.readUInt32LE(76) + 1) * 512;
		for (let sector = 0; sector < 40; sector++) {
			const ring = Buffer.from(msg);
			ring.writeUInt32LE(sector, fat + sector * 4);
			try {
				readOutlookMessage(ring, reading(), 8);
			} catch (error) {
				expect(String(error)).toMatch(/^(?:Range)?Error/);
			}
		}
		const directory = (msg.readUInt32LE(48) + 1) * 512;
		const tree = Buffer.from(msg);
		tree.writeUInt32LE(0, directory + 76);
		expect(readCompoundFile(tree, reading()).children.length).toBeLessThan(100);
	});

	it('whatever bytes are changed, they are read or refused, never hung on or read beyond', () => {
		const change = fc.array(fc.tuple(fc.nat(1_000_000), fc.nat(255)), { minLength: 1, maxLength: 12 });
		const spoil = (good: Buffer, changes: [number, number][]): Buffer => {
			const bad = Buffer.from(good);
			for (const [at, value] of changes) bad[at % bad.length] = value;
			return bad;
		};
		fc.assert(
			fc.property(change, fc.nat(20_000), (changes, cut) => {
				for (const [good, read] of [
					[msg, (bytes: Buffer) => readOutlookMessage(bytes, reading(), 8)],
					[tnef, (bytes: Buffer) => readTnef(bytes, reading(), 8)],
				] as const) {
					try {
						read(spoil(good, changes).subarray(0, cut % 3 === 0 ? cut % good.length : good.length));
					} catch (error) {
						expect(String(error)).toMatch(/^(?:Range)?Error/);
					}
				}
			}),
			{ numRuns: 1_500, seed: 42 },
		);
	});
});
