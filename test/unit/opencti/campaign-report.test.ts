import { campaignKeys } from '../../../lib/campaign';
import { parseEmail, type Email } from '../../../lib/email';
import { extractIndicators } from '../../../lib/indicators';
import type { CreateOptions, EmailReportOptions } from '../../../lib/opencti';
import type { Reported } from '../../../lib/reported';
import { bytes, phish } from '../reported/corpus/mail';
import { closeWorlds, world, type World } from './world';

/** One report for all messages of a campaign on a day: its identity follows from the key and the day alone. */

let peer: World;

beforeEach(async () => {
	peer = await world();
});

afterEach(closeWorlds);

interface Victim {
	id?: string;
	to?: string;
	number?: string;
	at?: string;
	text?: string;
	messageId?: boolean;
}

const mail = async ({
	id = 'a',
	to = 'jane@corp.example',
	number = '1',
	at = '21:59',
	text,
	messageId = true,
}: Victim) => {
	const raw = phish({
		id,
		to,
		subject: `Your parcel ${number} waits`,
		text: text ?? `Pay at http://${id}.evil.example/track/pay.php?uid=${to}`,
	}).replace('21:59:00', `${at}:00`);
	return await parseEmail(bytes(messageId ? raw : raw.replace(/^Message-ID: .*\n/m, '')));
};

const REPORTED: Reported = {
	by: { address: 'erika@corp.example', name: 'Erika' },
	at: '2026-11-20T08:00:00.000Z',
	way: 'attachment',
	certainty: 'likely',
	message: 'attached',
	mail: { messageId: '<r1@corp.example>', addresses: ['erika@corp.example'] },
};

const create = (email: Email, options: EmailReportOptions & CreateOptions = {}) =>
	peer.client.createReportFromEmail(email, {
		contents: 'observables',
		campaign: campaignKeys(email, extractIndicators(email)),
		...options,
	});
const notes = () => peer.lab.store.ofType('Note').map(({ data }) => String(data['content']));

describe('messages of one campaign and day', () => {
	it('are one report: the second adds its objects, its file and a note with a count, and the text stays', async () => {
		const first = await create(await mail({}));
		expect(first).toMatchObject({
			name: expect.stringMatching(/^your parcel # waits \[campaign [0-9a-f]{16}\]$/),
			published: '2026-11-19T00:00:00.000Z',
			created: true,
			complete: true,
			campaign: { day: '2026-11-19', count: 1, isFurther: false },
		});
		expect(first.labels).toContain(`campaign:${first.campaign!.key}`);
		const [before] = peer.lab.snapshot().reports;
		const second = await create(await mail({ id: 'b', to: 'hans@corp.example', number: '2', at: '22:30' }));
		expect(second).toMatchObject({
			id: first.id,
			created: false,
			complete: true,
			warnings: [],
			campaign: { count: 2, isFurther: true },
		});
		const { reports } = peer.lab.snapshot();
		expect(reports).toHaveLength(1);
		const [stored] = reports;
		expect([stored!.description, stored!.content]).toEqual([before!.description, before!.content]);
		expect(stored!.files.map(({ name }) => name)).toEqual([
			expect.stringMatching(/^Your parcel 1 waits.*\.eml$/),
			expect.stringMatching(/^Your parcel 2 waits.*\.eml$/),
		]);
		expect(stored!.objects.filter(({ type }) => type === 'Url')).toHaveLength(2);
		expect(stored!.externalReferences.map(({ externalId }) => externalId)).toEqual(
			expect.arrayContaining(['<a@evil.example>', '<b@evil.example>', `${first.campaign!.key} 2026-11-19`]),
		);
		expect(notes()).toEqual([
			expect.stringMatching(/hans@corp[\s\S]*Your parcel 2 waits[\s\S]*Messages of this campaign so far\*\*: 2$/),
		]);
	});

	it('add nothing and no note when they are processed again, whichever comes first', async () => {
		const both = [await mail({}), await mail({ id: 'b', to: 'hans@corp.example' })];
		for (const email of both) await create(email);
		const before = peer.lab.snapshot();
		for (const email of both.reverse()) {
			expect(await create(email)).toMatchObject({ campaign: { count: 2, isFurther: false }, created: false });
		}
		expect(peer.lab.snapshot()).toEqual(before);
		expect(notes()).toHaveLength(1);
	});

	it('have one identity, in whatever order they come', async () => {
		const both = [await mail({}), await mail({ id: 'b', to: 'hans@corp.example', number: '7', at: '03:00' })];
		const first = await create(both[0]!);
		await closeWorlds();
		peer = await world();
		expect((await create(both[1]!)).standardId).toBe(first.standardId);
	});

	it('are one report when they come at the same moment', async () => {
		const all = await Promise.all(['a', 'b', 'c', 'd'].map((id) => mail({ id, to: `${id}@corp.example` })));
		const made = await Promise.all(all.map((email) => create(email)));
		expect(new Set(made.map(({ id }) => id)).size).toBe(1);
		expect(made.map(({ campaign }) => campaign!.count).sort()).toEqual([1, 2, 3, 4]);
	});

	it('are told apart by their bytes where they have no Message-ID', async () => {
		const plain = await mail({ messageId: false });
		expect(await create(plain)).toMatchObject({ campaign: { count: 1 } });
		expect(await create(await mail({ id: 'b', messageId: false }))).toMatchObject({ campaign: { count: 2 } });
		expect(await create(plain)).toMatchObject({ campaign: { count: 2, isFurther: false } });
	});

	it('find the report when its people have renamed it, and leave their text alone', async () => {
		const first = await create(await mail({}));
		const [entity] = peer.lab.store.ofType('Report');
		peer.lab.store.rename(entity!, 'INC-7 parcel scam');
		entity!.data['description'] = 'Ours';
		const second = await create(await mail({ id: 'b' }), { existing: 'update' });
		expect(second).toMatchObject({ id: first.id, name: 'INC-7 parcel scam', campaign: { count: 2 } });
		expect(entity!.data['description']).toBe('Ours');
	});

	it('tell who reported each of them, in one note', async () => {
		await create(await mail({}), { reported: REPORTED });
		const reported = { ...REPORTED, mail: { messageId: '<r2@corp.example>', addresses: [] } };
		expect(await create(await mail({ id: 'b' }), { reported })).toMatchObject({ reports: { count: 2 } });
		// The same message once more, by somebody else.
		const again = {
			...REPORTED,
			by: { address: 'jo@corp.example' },
			mail: { messageId: '<r3@corp.example>', addresses: [] },
		};
		expect(await create(await mail({ id: 'b' }), { reported: again })).toMatchObject({
			campaign: { count: 2, isFurther: false },
			reports: { count: 3, isFurther: true },
		});
		expect(notes()).toEqual([
			expect.stringMatching(
				/so far\*\*: 2\n\n\*\*Reported By\*\*: Erika[\s\S]*Reports of this campaign so far\*\*: 2$/,
			),
			expect.stringMatching(/^\*\*Reported By\*\*: jo@[\s\S]*Reports of this campaign so far\*\*: 3$/),
		]);
	});

	it('are not lost where they have no file: the note has the text, without links', async () => {
		await create(await mail({}));
		const { raw: _raw, ...without } = await mail({ id: 'b' });
		await create(without);
		expect(notes()[0]).toContain('**Text**: Pay at');
		expect(notes()[0]).not.toMatch(/https?:\/\/|b\.evil\.example/);
	});

	it('are marked as strictly as this run asks, in their notes, too', async () => {
		await create(await mail({}), { marking: 'green' });
		await create(await mail({ id: 'b' }), { marking: 'red' });
		const [note] = peer.lab.store.ofType('Note');
		expect(note!.markings.map((id) => peer.lab.store.get(id).data['definition'])).toEqual(['TLP:RED']);
	});
});

describe('reports stay apart', () => {
	it('of another day, of another campaign, and of messages that ask for none', async () => {
		await create(await mail({}));
		await create(await mail({ id: 'b', at: '21:00' }), { published: new Date('2026-11-20T01:00:00Z') });
		await create(await mail({ id: 'c', text: 'Run http://c.evil.example/other/x.exe' }));
		await create(await mail({ id: 'd' }), { campaign: undefined });
		expect(peer.lab.snapshot().reports).toHaveLength(4);
	});

	it('of a message without a key, which is told', async () => {
		const made = await create(await mail({}), { campaign: {} });
		expect(made.warnings.map(({ code }) => code)).toContain('campaign-key-missing');
		expect(made.name).toBe('Your parcel 1 waits');
		expect(made.campaign).toBeUndefined();
	});
});

it('the note on a message that could not be added is told, and the report stands', async () => {
	await create(await mail({}));
	peer.lab.fail({ kind: 'FUNCTIONAL_ERROR', operation: 'EmailIntelNoteAdd', times: 9 });
	const second = await create(await mail({ id: 'b' }));
	expect(second).toMatchObject({ complete: false, campaign: { count: 2 } });
	expect(peer.lab.snapshot().reports).toHaveLength(1);
});
