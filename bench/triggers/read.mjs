// One trigger reads one mailbox, in a process of its own: `node read.mjs <emailReadImap|imapTrigger> <settings as JSON>`.
import { emailReadImap } from './emailReadImap.mjs';
import { imapTrigger } from './imapTrigger.mjs';

const [, , which, json] = process.argv;
const { count, ...settings } = JSON.parse(json);
const trigger = { emailReadImap, imapTrigger }[which](settings);

/** Seconds on the clock and of this process's processors, from connecting to the last item. What was handed over is let go. */
async function read() {
	let messages = 0;
	let attachments = 0;
	globalThis.gc?.();
	const cpu = process.cpuUsage();
	const start = performance.now();
	const close = await trigger.read(count, (items) => {
		messages += items.length;
		for (const { binary = {} } of items)
			attachments += Object.keys(binary).filter((key) => key.startsWith('attachment_')).length;
	});
	const seconds = (performance.now() - start) / 1_000;
	const { user, system } = process.cpuUsage(cpu);
	close();
	if (messages !== count) throw new Error(`${trigger.name} gave ${messages} of ${count} messages`);
	return { seconds, cpuSeconds: (user + system) / 1e6, attachments };
}

// The first time code is loaded and compiled; a server runs for weeks.
await read();
process.stdout.write(JSON.stringify({ name: trigger.name, ...(await read()) }));
process.exit(0);
