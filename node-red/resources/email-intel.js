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

	/** What is asked of an account once is remembered as long as the dialog is open. */
	function remembered(ask) {
		const known = new Map();
		return (...parameters) => {
			const key = JSON.stringify(parameters);
			if (!known.has(key)) known.set(key, ask(...parameters));
			return known.get(key);
		};
	}

	/** The folders of the mailbox that the dialog has chosen, as a list for a field. What goes wrong is told below the field. */
	function folders() {
		const asked = remembered((kind, account, mailbox) => ask(kind, 'folders', { ...account, mailbox }));
		const hint = $('#email-intel-folder-hint');
		return (value, done) => {
			const kind = input('connection').val();
			const account = accountOf(input(kind).val());
			const mailbox = kind === 'microsoft' ? input('mailbox').val() : '';
			if (!account) {
				hint.text('Select an account first.');
				return done([]);
			}
			asked(kind, account, mailbox).then((answer) => {
				const cut = 'There are more folders than can be listed. Enter the path.';
				hint.text(answer.ok ? (answer.isCut ? cut : '') : answer.message);
				const wanted = value.toLowerCase();
				const all = answer.ok ? answer.folders : [];
				done(
					all
						.filter(({ path }) => path.toLowerCase().includes(wanted))
						.map(({ path, value: stored }) => ({ value: stored, label: path })),
				);
			});
		};
	}

	/** The same for a field without types. */
	function folderList() {
		input('folder').autoComplete({ minLength: 0, search: folders() });
	}

	/** What the platform of the dialog's account has, as a list for a field; `several`: the last word is completed. */
	function platformList(what, several) {
		const asked = remembered((account, search) => ask('opencti', 'choices', { ...account, what, search }));
		return (value, done) => {
			const account = accountOf(input('opencti').val());
			if (!account) return done([]);
			const at = several ? value.lastIndexOf(',') + 1 : 0;
			const [before, word] = [value.slice(0, at), value.slice(at).trim()];
			asked(account, word).then((answer) => {
				if (!answer.ok) RED.notify(answer.message, 'error');
				const wanted = word.toLowerCase();
				const all = (answer.ok ? answer.choices : []).filter(({ name }) => name.toLowerCase().includes(wanted));
				done(all.map(({ name, value: stored }) => ({ value: `${before}${at > 0 ? ' ' : ''}${stored}`, label: name })));
			});
		};
	}

	/** A list for a field of few values, which may come from elsewhere as well. */
	const fixed = (values) => (value, done) => done(values.filter((one) => one.startsWith(value.toLowerCase())));

	/**
	 * A field for a value of its own, of the message, the context or the environment.
	 *
	 * @param list Gives what is offered while somebody types a value of its own.
	 */
	function typed(name, types, list) {
		const field = input(name);
		const text = { value: 'str', label: 'string', icon: 'red/images/typedInput/az.svg', autoComplete: list };
		field.typedInput({
			default: types[0],
			types: types.map((type) => (type === 'str' && list ? text : type)),
			typeField: $(`#node-input-${name}Type`),
		});
	}

	/** A list to choose several of. The field holds their names with commas between them; `none` is none of them. */
	function several(name) {
		const field = input(name);
		const select = $(`select[data-field="${name}"]`);
		select.val(field.val().split(','));
		select.on('change', () => field.val((select.val() || []).join(',') || 'none'));
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

	window.EmailIntel = {
		shownFor,
		testButton,
		folders,
		folderList,
		platformList,
		fixed,
		typed,
		several,
		storeList,
		isNumber,
		chosenFor,
	};

	$('<style>')
		.text(
			'.email-intel-note{margin-left:105px;color:var(--red-ui-secondary-text-color);font-size:smaller}' +
				'#email-intel-test-result{display:inline-block;margin-left:8px;max-width:60%;vertical-align:middle}' +
				'.email-intel-several{width:70%;height:auto}' +
				'#email-intel-test-result.email-intel-bad{color:var(--red-ui-text-color-error)}',
		)
		.appendTo('head');
})();
