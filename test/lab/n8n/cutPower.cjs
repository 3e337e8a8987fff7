'use strict';

/*
 * Loaded into n8n before its own code (NODE_OPTIONS=--require). It cuts the power at one exact point: a poll has handed
 * over its items, its cursor is stored, and the execution that holds the items is about to be written.
 *
 * n8n starts to store the cursor and goes on without waiting. Here the cursor wins that race, as it may in any run. With
 * durable cursors the same point lies inside of the transaction that stores both.
 *
 * Armed while the file named in LAB_CUT_POWER_WHEN exists.
 */
const { existsSync, writeSync } = require('node:fs');
const Module = require('node:module');

const armed = () => existsSync(process.env.LAB_CUT_POWER_WHEN);
let cursorStored = Promise.resolve();

/** What is done to n8n's classes, by their names. */
const patches = {
	WorkflowStaticDataService({ prototype }) {
		const { saveStaticData } = prototype;
		prototype.saveStaticData = function (...args) {
			cursorStored = saveStaticData.apply(this, args);
			return cursorStored;
		};
	},
	ExecutionPersistence({ prototype }) {
		const { create } = prototype;
		prototype.create = async function (payload, ...rest) {
			if (payload.mode === 'trigger' && payload.status === 'new' && armed()) {
				await cursorStored;
				writeSync(2, '\nThe lab cuts the power before the execution is written\n');
				// The group: n8n is its leader, task runners are its children.
				process.kill(-process.pid, 'SIGKILL');
				await new Promise(() => {});
			}
			return await create.call(this, payload, ...rest);
		};
	},
};

const load = Module._load;
const patched = new Set();
Module._load = function (request, ...rest) {
	const exported = load.call(this, request, ...rest);
	if (!/\/(?:workflow-static-data\.service|execution-persistence)$/.test(request)) return exported;
	for (const [name, patch] of Object.entries(patches)) {
		if (typeof exported[name] !== 'function' || patched.has(name)) continue;
		patched.add(name);
		patch(exported[name]);
	}
	return exported;
};
