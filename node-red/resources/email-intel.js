/* What the dialogs of this package share. Node-RED serves it to the editor as it is. */
(function () {
	'use strict';

	// Each node of the package asks for this file.
	if (window.EmailIntel) return;

	const input = (name, isConfig) => $(`#node-${isConfig ? 'config-' : ''}input-${name}`);
	const valueOf = (element) => (element.is(':checkbox') ? element.prop('checked') : element.val());

	/** Asks the runtime about an account. */
	function ask(kind, what, body) {
		return $.ajax({
			url: `email-intel/${kind}/${what}`,
			method: 'POST',
			contentType: 'application/json',
			data: JSON.stringify(body),
		}).then(
			(answer) => answer,
			(xhr) =>
				$.Deferred().resolve({
					ok: false,
					message:
						xhr.status === 401 || xhr.status === 403
							? 'You need the right to change flows for this.'
							: `Node-RED did not answer (${xhr.status}).`,
				}),
		);
	}

	/** Shows rows of a dialog by the value of a select: each row says in `data-for` for which ones. */
	function shownFor(name, isConfig) {
		const select = input(name, isConfig);
		const show = () => {
			$(`.email-intel-for[data-by="${name}"]`).each(function () {
				$(this).toggle($(this).attr('data-for').split(' ').includes(select.val()));
			});
		};
		select.on('change', show);
		show();
	}

	/** The button that really logs in, with what is in the dialog at the moment. */
	function testButton(node, kind, fields, secrets) {
		const result = $('#email-intel-test-result');
		$('#email-intel-test').on('click', (event) => {
			event.preventDefault();
			const read = (names) => Object.fromEntries(names.map((name) => [name, valueOf(input(name, true))]));
			result.removeClass('email-intel-bad').text('Logging in …');
			ask(kind, 'test', { id: node.id, fields: read(fields), credentials: read(secrets) }).then((answer) => {
				result.toggleClass('email-intel-bad', !answer.ok).text(answer.message);
			});
		});
	}

	/** What a config node of the editor holds, deployed or not. A secret that was not changed here is not told, and need not be. */
	function accountOf(id) {
		const node = RED.nodes.node(id);
		if (!node) return undefined;
		const fields = {};
		for (const name of Object.keys(node._def.defaults)) fields[name] = node[name];
		const credentials = {};
		for (const name of Object.keys(node._def.credentials || {})) {
			const value = (node.credentials || {})[name];
			if (typeof value === 'string') credentials[name] = value;
		}
		return { id, fields, credentials };
	}

	/** The list of folders below the field, fetched from the mailbox when it is first looked at. */
	function folderList() {
		const known = new Map();
		const folders = () => {
			const kind = input('connection').val();
			const account = accountOf(input(kind).val());
			const mailbox = kind === 'microsoft' ? input('mailbox').val() : '';
			if (!account) return $.Deferred().resolve({ ok: false, message: 'Select an account first.' });
			const key = JSON.stringify([kind, account, mailbox]);
			if (!known.has(key)) known.set(key, ask(kind, 'folders', { ...account, mailbox }));
			return known.get(key);
		};
		const hint = $('#email-intel-folder-hint');
		input('folder').autoComplete({
			minLength: 0,
			search: (value, done) => {
				folders().then((answer) => {
					hint.text(
						answer.ok
							? answer.isCut
								? 'There are more folders than can be listed. Enter the path.'
								: ''
							: answer.message,
					);
					const wanted = value.toLowerCase();
					const list = answer.ok ? answer.folders : [];
					done(
						list
							.filter(({ path }) => path.toLowerCase().includes(wanted))
							.map(({ path, value: stored }) => ({ value: stored, label: path })),
					);
				});
			},
		});
	}

	/** A field for a value of its own, of the message, the context or the environment. */
	function typed(name, types) {
		const field = input(name);
		field.typedInput({
			default: types[0],
			types,
			typeField: $(`#node-input-${name}Type`),
		});
	}

	/** The stores that settings.js configures. */
	function storeList(current) {
		const select = input('store');
		const { stores = [] } = RED.settings.context || {};
		for (const store of stores) select.append($('<option>').val(store).text(store));
		if (current && !stores.includes(current)) select.append($('<option>').val(current).text(`${current} (not there)`));
		select.val(current || '');
	}

	/** A number that may be empty. */
	const isNumber = (least, most) => (value) =>
		value === '' ||
		value === undefined ||
		value === null ||
		(!isNaN(value) && Number(value) >= least && Number(value) <= most);

	/** A config node that must be chosen when a select says so. */
	const chosenFor = (by, choices) =>
		function (value) {
			const select = $(`#node-input-${by}`);
			const choice = select.length > 0 ? select.val() : this[by];
			return !choices.includes(choice) || (value !== '' && value !== '_ADD_' && value !== undefined);
		};

	window.EmailIntel = { shownFor, testButton, folderList, typed, storeList, isNumber, chosenFor };

	$('<style>')
		.text(
			'.email-intel-note{margin-left:105px;color:var(--red-ui-secondary-text-color);font-size:smaller}' +
				'#email-intel-test-result{display:inline-block;margin-left:8px;max-width:60%;vertical-align:middle}' +
				'#email-intel-test-result.email-intel-bad{color:var(--red-ui-text-color-error)}',
		)
		.appendTo('head');
})();
