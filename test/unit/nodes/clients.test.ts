import { Clients } from '../../../nodes/shared/clients';

class Client {
	closed = 0;
	constructor(readonly name: string) {}
	async close() {
		this.closed++;
	}
}

const all: Client[] = [];
const open = (name: string) => () => {
	const client = new Client(name);
	all.push(client);
	return client;
};
beforeEach(() => all.splice(0));

it('what has the same connection shares a client, and all are closed at the end', async () => {
	const clients = new Clients<Client>();
	const live = await clients.of({ url: 'u', workspace: 'live' }, open('live'));
	const draft = await clients.of({ url: 'u', workspace: { id: 'd' } }, open('draft'));
	expect(await clients.of({ url: 'u', workspace: 'live' }, open('again'))).toBe(live);
	expect(all).toEqual([live, draft]);
	await clients.close();
	expect(all.map(({ closed }) => closed)).toEqual([1, 1]);
});

it('an execution over very many connections keeps few of them open: the one that rested longest is closed', async () => {
	const clients = new Clients<Client>();
	for (let i = 0; i < 100; i++) {
		await clients.of(i, open(`${i}`));
		// Used again and again, it stays.
		await clients.of('busy', open('busy'));
	}
	expect(all.filter(({ name }) => name === 'busy')).toHaveLength(1);
	expect(all.filter(({ closed }) => closed === 0).length).toBeLessThanOrEqual(8);
	expect(all.find(({ name }) => name === 'busy')!.closed).toBe(0);
	await clients.close();
	expect(all.every(({ closed }) => closed === 1)).toBe(true);
});

it('a client that cannot be opened is tried again for the next item', async () => {
	const clients = new Clients<Client>();
	await expect(
		clients.of('x', () => {
			throw new Error('no');
		}),
	).rejects.toThrow('no');
	expect((await clients.of('x', open('x'))).name).toBe('x');
	await clients.close();
});
