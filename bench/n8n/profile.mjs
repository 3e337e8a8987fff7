// A processor profile of a running n8n: taken through Node's inspector, and read by whose code it is.

/** Microseconds between two samples. */
const INTERVAL = 500;

/** n8n is to listen for its inspector there. The environment of the process. */
export const inspected = (port) => ({ NODE_OPTIONS: `--inspect=127.0.0.1:${port}` });

/** Begins a profile of the process that listens at this port. `stop` gives it. */
export async function startProfile(port) {
	const [{ webSocketDebuggerUrl }] = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
	const socket = new WebSocket(webSocketDebuggerUrl);
	await new Promise((resolve, reject) => {
		socket.addEventListener('open', resolve, { once: true });
		socket.addEventListener('error', () => reject(new Error('the inspector did not answer')), { once: true });
	});
	const waiting = new Map();
	socket.addEventListener('message', ({ data }) => {
		const { id, result } = JSON.parse(data);
		waiting.get(id)?.(result);
	});
	let last = 0;
	const send = (method, params = {}) =>
		new Promise((resolve) => {
			waiting.set(++last, resolve);
			socket.send(JSON.stringify({ id: last, method, params }));
		});
	await send('Profiler.enable');
	await send('Profiler.setSamplingInterval', { interval: INTERVAL });
	await send('Profiler.start');
	return async () => {
		const { profile } = await send('Profiler.stop');
		socket.close();
		return profile;
	};
}

/** Whose code a function is; undefined for Node's own and what is compiled in, which works for who called it. */
function ownerOf({ url, functionName }) {
	if (functionName === '(garbage collector)') return 'garbage collection';
	if (functionName === '(idle)') return 'idle';
	if (functionName === '(program)') return 'system and native code';
	const own = /\/n8n-nodes-email-intel\/dist\/(nodes|lib\/(?:[^/]+\/)?)/.exec(url);
	if (own) return `ours: ${own[1] === 'lib/' ? 'ground floor of lib' : own[1].replace(/\/$/, '')}`;
	// Its dependencies lie in the folder of community packages, n8n's in its installation.
	const ofPackage = /\/\.n8n\/nodes\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url);
	if (ofPackage) return `ours, with ${ofPackage[1]}`;
	const ofN8n = [...url.matchAll(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)].at(-1)?.[1];
	if (ofN8n === undefined) return undefined;
	return `n8n: ${LARGE_PARTS[ofN8n] ?? 'itself and other packages'}`;
}

/** Packages of n8n that are each one kind of work. */
const LARGE_PARTS = {
	flatted: 'execution data to text and back (flatted)',
	pg: 'database (pg, typeorm)',
	'pg-protocol': 'database (pg, typeorm)',
	'@n8n/typeorm': 'database (pg, typeorm)',
	bull: 'queue (bull, ioredis)',
	ioredis: 'queue (bull, ioredis)',
	'redis-parser': 'queue (bull, ioredis)',
};

/**
 * Microseconds by owner, of the whole profile and of each window `{name, from, to}` in milliseconds of the clock. A window's own `idle` is
 * what its node waited: for the network, the disk or another process.
 */
export function readProfile({ nodes, samples, timeDeltas, startTime }, windows = []) {
	const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
	const byId = new Map(nodes.map((node) => [node.id, node]));
	const owners = new Map();
	const ownerAt = (id) => {
		if (id === undefined) return 'Node itself';
		if (!owners.has(id)) owners.set(id, ownerOf(byId.get(id).callFrame) ?? ownerAt(parents.get(id)));
		return owners.get(id);
	};
	// The profile counts from the start of the machine, the executions by its clock.
	const offset = Date.now() - Number(process.hrtime.bigint() / 1_000n) / 1_000;
	const ordered = [...windows].sort((one, other) => one.from - other.from);
	const whole = new Map();
	const inside = new Map(windows.map(({ name }) => [name, new Map()]));
	const add = (sums, owner, time) => sums.set(owner, (sums.get(owner) ?? 0) + time);
	let at = startTime;
	let next = 0;
	samples.forEach((id, index) => {
		const time = timeDeltas[index + 1] ?? 0;
		at += timeDeltas[index];
		const clock = at / 1_000 + offset;
		while (next < ordered.length && ordered[next].to <= clock) next += 1;
		const owner = ownerAt(id);
		add(whole, owner, time);
		const window = ordered[next];
		if (window !== undefined && window.from <= clock) add(inside.get(window.name), owner, time);
	});
	return { whole, inside };
}
