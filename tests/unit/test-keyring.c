/* The keyring with real keys: who can receive, who is refused, and what is left behind. */
#include "lib/store/keyring.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include "lib/base/date.h"
#include "lib/base/file.h"
#include "lib/base/proc.h"
#include "lib/base/str.h"
#include "lib/base/tmpfs.h"
#include "lib/port/openpgp.h"
#include "tests/unit/tap.h"

static char base[] = "/tmp/jz.XXXXXX", shm[] = "/dev/shm/jz.XXXXXX";

/* Runs a line of shell in base; prints what it prints into out (may be NULL). */
static void shell(const char *line, char *out, size_t size)
{
	const char *argv[] = {"sh", "-c", line, NULL};
	struct jz_run run = {.argv = argv, .dir = base, .limit = 65536};
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	int status = -1;

	if (jz_run(&run, &text, &status, NULL) || status)
		ok(false, "shell: %s", line);
	if (out) {
		text.data[strcspn(text.data, "\n")] = '\0';
		jz_copy(out, size, text.data);
	}
}

/* A key in the user's own home and its public half as keys/FPR.asc. */
static void make_key(const char *name, const char *usage, const char *expire, char fpr[41])
{
	jz_autofree char *line = jz_xasprintf(
		"gpg --batch -q --passphrase '' --faked-system-time 20200101T000000 "
		"--quick-generate-key %s %s %s %s && "
		"gpg --batch --with-colons --list-keys %s | awk -F: '$1==\"fpr\"{print $10; exit}'",
		name, usage[0] == 'e' ? "future-default" : "ed25519",
		usage[0] == 'e' ? "default" : "sign", expire, name);
	jz_autofree char *put = NULL;

	shell(line, fpr, 41);
	put = jz_xasprintf("gpg --armor --export %s > keys/%s.asc", fpr, fpr);
	shell(put, NULL, 0);
}

static int read_file(void *data, const char *path, struct jz_buf *out, struct jz_err *err)
{
	jz_autofree char *file = jz_path_join(data, path);

	if (!jz_exists(file))
		return jz_fail(err, JZ_E_FINDINGS, "no %s", path);
	return jz_file_read(file, 1 << 20, out, err);
}

static char anna[41], expired[41], revoked[41], signer[41], gone[41], office[41], clinical[41];

static struct jz_access *people(void)
{
	jz_cleanup(jz_buf_release) struct jz_buf text = JZ_BUF_INIT;
	const char *const ids[] = {"anna", "expired", "revoked", "signer", "gone"};
	const char *const fprs[] = {anna, expired, revoked, signer, gone};
	struct jz_access *access = NULL;
	struct jz_err err = JZ_ERR_INIT;

	jz_buf_adds(&text, "format: jzbf/access/1\npeople:\n");
	for (size_t i = 0; i < JZ_COUNT(ids); i++)
		jz_buf_addf(&text,
			    "  - id: %s\n    name: %s%s\n    roles:\n      - {role: %s, from: "
			    "'2020-01-01'}\n    keys:\n      - {fingerprint: '%s', from: "
			    "'2020-01-01'}\n",
			    ids[i], "Name-", ids[i], i ? "caseworker" : "custodian", fprs[i]);
	jz_buf_addf(&text, "role_keys:\n  office: '%s'\n  clinical: '%s'\n", office, clinical);
	if (jz_access_parse(text.data, text.len, &access, &err))
		ok(false, "access.yaml: %u: %s", err.line, err.message);
	return access;
}

static int seal(struct jz_keyring *keyring, const struct jz_keyview *view, const char *one,
		const char *two, struct jz_buf *cipher, struct jz_err *err)
{
	jz_cleanup(jz_strs_release) struct jz_strs to = JZ_STRS_INIT;

	jz_strs_add(&to, one);
	if (two)
		jz_strs_add(&to, two);
	return jz_keyring_encrypt(keyring, view, &to, "a: 1\n", 5, cipher, err);
}

static void refuses(struct jz_keyring *keyring, const struct jz_keyview *view, const char *fpr,
		    const char *name, const char *word)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
	struct jz_err err = JZ_ERR_INIT;
	int rc = seal(keyring, view, anna, fpr, &cipher, &err);

	ok(rc == JZ_E_CRYPTO && !cipher.len && strstr(err.message, name) &&
		   strstr(err.message, word) && strstr(err.message, fpr + 24),
	   "refused: %s", err.message);
}

static void recipients(struct jz_keyring *keyring, const struct jz_keyview *view)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT, plain = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs ids = JZ_STRS_INIT;
	struct jz_err err = JZ_ERR_INIT;

	is_int(seal(keyring, view, anna, office, &cipher, &err), 0, "a record is sealed");
	is_int(jz_openpgp_recipients(cipher.data, cipher.len, &ids, &err), 0, "and whole");
	is_int(ids.len, 2, "to two keys, whatever encrypt-to in the user's gpg.conf says");
	is_int(jz_keyring_decrypt(keyring, NULL, cipher.data, cipher.len, &plain, &err), 0,
	       "the own key opens it");
	is_str(plain.data, "a: 1\n", "as it was");
	refuses(keyring, view, expired, "Name-expired (expired)", "expired");
	refuses(keyring, view, revoked, "Name-revoked (revoked)", "revoked");
	refuses(keyring, view, signer, "Name-signer (signer)", "no encryption subkey");
	refuses(keyring, view, gone, "Name-gone (gone)", "no public key");
}

/* Even if something got into the private home's settings, the message itself is looked at. */
static void rereads(const struct jz_keyview *view)
{
	for (int i = 0; i < 2; i++) {
		jz_cleanup(jz_keyring_free_p) struct jz_keyring *keyring = jz_keyring_new("anna");
		jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT;
		jz_cleanup(jz_strs_release) struct jz_strs both = JZ_STRS_INIT;
		struct jz_err err = JZ_ERR_INIT;
		jz_cleanup(jz_strs_release) struct jz_strs homes = JZ_STRS_INIT;
		char line[80];
		FILE *conf;

		jz_strs_add(&both, anna);
		jz_strs_add(&both, office);
		jz_keyring_check(keyring, view, &both, &err);
		jz_keyring_role_homes(keyring, 1, &homes, &err);
		snprintf(line, sizeof(line), "%s/gpg.conf", homes.items[0]);
		conf = fopen(line, "a");
		/* NO_ENCRYPT_TO is an argument of gpg, so only a default recipient gets past it. */
		snprintf(line, sizeof(line), i ? "recipient %s" : "throw-keyids", office);
		fprintf(conf, "%s\n", line);
		fclose(conf);
		ok(seal(keyring, view, anna, NULL, &cipher, &err) == JZ_E_CRYPTO && !cipher.len,
		   "'%.12s' is found out: %s", line, err.message);
	}
}

static void roles(const struct jz_keyview *view)
{
	jz_cleanup(jz_keyring_free_p) struct jz_keyring *keyring = jz_keyring_new("anna");
	jz_cleanup(jz_buf_release) struct jz_buf plain = JZ_BUF_INIT, cipher = JZ_BUF_INIT;
	struct jz_err err = JZ_ERR_INIT;

	is_int(seal(keyring, view, office, NULL, &cipher, &err), 0, "sealed to a role key alone");
	is_int(jz_keyring_decrypt(keyring, NULL, cipher.data, cipher.len, &plain, &err),
	       JZ_E_CRYPTO, "without the store nobody opens it");
	is_int(jz_keyring_decrypt(keyring, view, cipher.data, cipher.len, &plain, &err), 0,
	       "with it the role key is opened");
	is_str(plain.data, "a: 1\n", "and the record read");
	is_int(jz_keyring_open_role(keyring, view, JZ_KEY_OFFICE, &err), 0, "it stays open");
	jz_buf_clear(&cipher);
	is_int(seal(keyring, view, clinical, NULL, &cipher, &err), 0, "a psych file");
	ok(jz_keyring_decrypt(keyring, view, cipher.data, cipher.len, &plain, &err) ==
			   JZ_E_CRYPTO &&
		   strstr(err.message, "clinical"),
	   "which a custodian cannot open: %s", err.message);
}

static int entries(const char *dir)
{
	DIR *d = opendir(dir);
	int n = -2;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

/* Living agents whose home is below dir: zombies have no command line any more. */
static int agents(const char *dir)
{
	jz_autofree char *line =
		jz_xasprintf("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | "
			     "grep -o 'gpg-agen[t] --homedir %s' | wc -l",
			     dir);
	char count[16];

	shell(line, count, sizeof(count));
	return atoi(count);
}

/* An agent that was told to end needs a moment. */
static void agents_become(const char *dir, int want, const char *what)
{
	int got = agents(dir);

	for (int i = 0; i < 40 && got != want; i++) {
		usleep(50000);
		got = agents(dir);
	}
	is_int(got, want, what);
}

/* An opened role key in a child that dies; then a new keyring sweeps. */
static void dies(const struct jz_keyview *view, int signal_number)
{
	struct jz_err err = JZ_ERR_INIT;
	int status;
	pid_t pid = fork();

	if (!pid) {
		struct jz_keyring *keyring = jz_keyring_new("anna");

		if (jz_keyring_open_role(keyring, view, JZ_KEY_OFFICE, &err))
			_exit(1);
		raise(signal_number);
		_exit(2);
	}
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status), "a process with an open role key was killed");
	ok(entries(shm) == 1 && agents(shm) == 1, "its home and its agent are still there");
	is_int(jz_keyring_sweep(), 1, "the next start sweeps it");
	is_int(entries(shm), 0, "the home is gone");
	agents_become(shm, 0, "and the agent too");
}

/* What the handler of SIGTERM does: only the home goes, and the agent notices. */
static void ends_by_signal(const struct jz_keyview *view)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		struct jz_keyring *keyring = jz_keyring_new("anna");
		int rc = jz_keyring_open_role(keyring, view, JZ_KEY_OFFICE, NULL);

		jz_tmpfs_release_all();
		_exit(rc ? 1 : 0);
	}
	waitpid(pid, &status, 0);
	is_int(status, 0, "a process with an open role key got a signal");
	is_int(entries(shm), 0, "its home is gone");
	agents_become(shm, 0, "and its agent follows");
}

/* The user's home with five people's keys, one of them spoilt in every way. */
static void make_people(void)
{
	jz_autofree char *line = NULL;

	shell("mkdir keys", NULL, 0);
	make_key("anna", "encrypt", "never", anna);
	make_key("expired", "encrypt", "1y", expired);
	make_key("revoked", "encrypt", "never", revoked);
	make_key("signer", "sign", "never", signer);
	make_key("gone", "encrypt", "never", gone);
	line = jz_xasprintf(
		"rm keys/%s.asc; sed s/^:// openpgp-revocs.d/%s.rev | gpg --batch -q --import; "
		"gpg --armor --export %s > keys/%s.asc; echo encrypt-to %s >gpg.conf",
		gone, revoked, revoked, revoked, signer);
	shell(line, NULL, 0);
}

static void make_role(struct jz_keyring *keyring, char fpr[41], struct jz_buf *secret)
{
	jz_cleanup(jz_buf_release) struct jz_buf half = JZ_BUF_INIT;
	jz_autofree char *path = NULL;

	is_int(jz_keyring_make_role(keyring, "jzbf role key", fpr, &half, secret, NULL), 0,
	       "a role key is made");
	path = jz_xasprintf("%s/keys/%s.asc", base, fpr);
	jz_file_replace(path, half.data, half.len, 0600, NULL);
}

/* The office role secret for anna, the clinical one for somebody whose key is not here. */
static void seal_roles(struct jz_keyring *keyring, const struct jz_keyview *view,
		       const struct jz_buf *secret)
{
	jz_cleanup(jz_buf_release) struct jz_buf sealed = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs one = JZ_STRS_INIT;
	jz_autofree char *path = jz_path_join(base, "keys/office.sec.gpg");

	jz_strs_add(&one, anna);
	is_int(jz_keyring_encrypt(keyring, view, &one, secret->data, secret->len, &sealed, NULL), 0,
	       "its secret half is sealed to the custodian");
	jz_file_replace(path, sealed.data, sealed.len, 0600, NULL);
	shell("gpg --batch -q --no-encrypt-to --trust-model always -r gone -e "
	      "<keys/office.sec.gpg >keys/clinical.sec.gpg; "
	      "gpg --batch -q --yes --delete-secret-keys `gpg --with-colons --list-keys gone | "
	      "awk -F: '$1==\"fpr\"{print $10; exit}'`",
	      NULL, 0);
}

int main(void)
{
	jz_cleanup(jz_buf_release) struct jz_buf secret = JZ_BUF_INIT, unused = JZ_BUF_INIT;
	struct jz_keyring *keyring;
	struct jz_access *access;
	struct jz_keyview view;

	if (!mkdtemp(base) || !mkdtemp(shm))
		return 1;
	setenv("GNUPGHOME", base, 1);
	setenv("JZBF_TMPFS", shm, 1);
	make_people();
	keyring = jz_keyring_new("anna");
	make_role(keyring, office, &secret);
	make_role(keyring, clinical, &unused);
	access = people();
	view = (struct jz_keyview){.access = access, .read = read_file, .data = base};
	seal_roles(keyring, &view, &secret);

	recipients(keyring, &view);
	jz_keyring_free(keyring);
	rereads(&view);
	roles(&view);
	is_int(entries(shm), 0, "no private home is left");
	agents_become(shm, 0, "and no agent");
	dies(&view, SIGKILL);
	ends_by_signal(&view);

	jz_access_free(access);
	shell("gpgconf --kill all", NULL, 0);
	jz_remove_tree(base, NULL);
	rmdir(shm);
	return done_testing();
}
