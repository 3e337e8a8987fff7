import { reportFromEmail } from '../../../lib/opencti';
import { attachment, email } from './messages';
import { closeWorlds, world } from './world';

afterEach(closeWorlds);

it('a client keeps nothing of the reports that it made', async () => {
	const { lab, client } = await world();
	const bytes = Buffer.alloc(1024 * 1024, 'x');
	for (let at = 0; at < 20; at++) {
		const draft = reportFromEmail(
			email({
				subject: `Report ${at}`,
				messageId: `<${at}@example.org>`,
				attachments: [attachment('a.txt', 'text/plain', bytes)],
			}),
		);
		await client.createReport(draft);
	}
	expect(lab.snapshot().reports).toHaveLength(20);
	// What the client holds is reachable from it; nothing of a draft may be.
	const seen = new Set<unknown>();
	const size = (value: unknown): number => {
		if (typeof value === 'string') return value.length;
		if (Buffer.isBuffer(value)) return value.length;
		if (typeof value !== 'object' || value === null || seen.has(value)) return 0;
		seen.add(value);
		if (value instanceof Map) return [...value.entries()].reduce((sum, [key, held]) => sum + size(key) + size(held), 0);
		return Object.values(value).reduce((sum: number, held) => sum + size(held), 0);
	};
	expect(size((client as unknown as { references: unknown }).references)).toBeLessThan(20_000);
});
