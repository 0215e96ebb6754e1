/* GnuPG as it is, in homes of our own. */
#include "lib/port/gpg.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "lib/base/file.h"
#include "lib/base/proc.h"
#include "lib/base/str.h"
#include "lib/port/openpgp.h"
#include "tests/unit/tap.h"

static char fpr[41], other[41];

static void seal(struct jz_gpg *gpg, const char *to, const char *plain, size_t len,
		 struct jz_buf *cipher)
{
	jz_cleanup(jz_strs_release) struct jz_strs files = JZ_STRS_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf half = JZ_BUF_INIT;
	char file[] = "/tmp/jz.XXXXXX";
	struct jz_err err = JZ_ERR_INIT;
	int fd = mkstemp(file);

	jz_strs_add(&files, file);
	if (fd < 0 || jz_gpg_export(gpg, to, false, &half, &err) ||
	    jz_fd_write(fd, half.data, half.len, &err) ||
	    jz_gpg_encrypt(gpg, &files, plain, len, cipher, &err))
		ok(false, "encrypting: %s", err.message);
	close(fd);
	unlink(file);
}

static void keys(struct jz_gpg *gpg, struct jz_gpg *away)
{
	jz_cleanup(jz_buf_release) struct jz_buf half = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf secret = JZ_BUF_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs one = JZ_STRS_INIT, ids = JZ_STRS_INIT;
	jz_cleanup(jz_strs_release) struct jz_strs own = JZ_STRS_INIT, in = JZ_STRS_INIT;
	jz_cleanup(jz_gpg_key_free_p) struct jz_gpg_key *key = NULL;
	struct jz_err err = JZ_ERR_INIT;
	char found[41] = "";

	is_int(jz_gpg_generate(gpg, "jzbf test key", fpr, &err), 0, "a key is made");
	is_int(jz_gpg_generate(gpg, "jzbf other key", other, &err), 0, "and another");
	jz_strs_add(&one, fpr);
	ok(!jz_gpg_keys(gpg, &one, &key, &err) && key && key->count == 2 &&
		   key->subkeys[0].can_sign && key->subkeys[1].can_encrypt &&
		   key->subkeys[1].secret,
	   "it signs, and its subkey encrypts");
	is_int(jz_gpg_secret_keys(gpg, &own, &ids, &err), 0, "own keys are listed");
	ok(own.len == 2 && jz_strs_has(&own, fpr), "both");
	ok(ids.len == 4 && jz_strs_has(&ids, key->subkeys[1].keyid), "and their key ids");
	is_int(jz_gpg_export(gpg, fpr, false, &half, &err), 0, "the public half comes out");
	ok(jz_starts_with(half.data, "-----BEGIN PGP PUBLIC KEY"), "armored");
	is_int(jz_gpg_export(gpg, fpr, true, &secret, &err), 0, "the secret half comes out");
	jz_strs_release(&one);
	jz_strs_add(&one, other);
	is_int(jz_gpg_import(away, half.data, half.len, &one, &err), JZ_E_CRYPTO,
	       "a file with another key is refused");
	jz_strs_release(&one);
	jz_strs_add(&one, fpr);
	is_int(jz_gpg_import(away, secret.data, secret.len, &one, &err), JZ_E_CRYPTO,
	       "nor does a secret half pass for a key file");
	is_int(jz_gpg_import_secrets(away, secret.data, secret.len, &in, &err), 0,
	       "as a secret half it goes in");
	ok(in.len == 1 && jz_strs_has(&in, fpr), "and names its key");
	is_int(jz_gpg_import_one(away, half.data, half.len, found, &err), 0, "a key file is read");
	is_str(found, fpr, "and names its key");
	is_int(jz_gpg_import_one(away, secret.data, secret.len, found, &err), JZ_E_CRYPTO,
	       "but not when it is secret");
	jz_gpg_export(gpg, other, false, &half, &err);
	is_int(jz_gpg_import_one(gpg, half.data, half.len, found, &err), JZ_E_INVALID,
	       "nor when it holds two");
	is_int(jz_gpg_import_one(away, "nonsense", 8, found, &err), JZ_E_INVALID, "nor none");
}

static void messages(struct jz_gpg *gpg, struct jz_gpg *away)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT, plain = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf theirs = JZ_BUF_INIT;
	struct jz_err err = JZ_ERR_INIT;
	bool no_key;
	size_t accepted = 0;

	seal(gpg, fpr, "exactly\0this\r\n", 14, &cipher);
	is_int(jz_gpg_decrypt(away, cipher.data, cipher.len, 100, &plain, &no_key, &err), 0,
	       "a message opens");
	ok(plain.len == 14 && !memcmp(plain.data, "exactly\0this\r\n", 14), "byte by byte");
	jz_buf_clear(&plain);
	is_int(jz_gpg_decrypt(away, cipher.data, cipher.len, 13, &plain, &no_key, &err),
	       JZ_E_CRYPTO, "the limit holds");
	ok(!plain.len && strstr(err.message, "more than 13"), "and says so: %s", err.message);
	seal(gpg, other, "not for us", 10, &theirs);
	is_int(jz_gpg_decrypt(away, theirs.data, theirs.len, 100, &plain, &no_key, &err),
	       JZ_E_CRYPTO, "somebody else's message stays shut");
	ok(no_key && !plain.len, "for want of a key: %s", err.message);

	/* Every 7th bit of every 5th byte, wherever it lies. */
	for (size_t i = 0; i < cipher.len; i += 5) {
		cipher.data[i] ^= 1 << (i % 7);
		if (!jz_gpg_decrypt(away, cipher.data, cipher.len, 100, &plain, &no_key, &err))
			accepted++;
		cipher.data[i] ^= 1 << (i % 7);
	}
	is_int(accepted, 0, "no flipped bit gets through");
	ok(!plain.len, "and nothing comes out");
}

static void signatures(struct jz_gpg *gpg, struct jz_gpg *away)
{
	jz_cleanup(jz_buf_release) struct jz_buf signature = JZ_BUF_INIT;
	struct jz_err err = JZ_ERR_INIT;
	char signer[41] = "", primary[41] = "";
	int64_t when = 0;
	bool expired = true;

	is_int(jz_gpg_sign(gpg, fpr, "commit", 6, &signature, signer, &err), 0, "bytes are signed");
	is_str(signer, fpr, "by the primary key");
	is_int(jz_gpg_verify(away, "commit", 6, signature.data, signature.len, primary, &when,
			     &expired, &err),
	       0, "and verify");
	ok(jz_eq(primary, fpr) && when > 0 && !expired, "as that key's");
	is_int(jz_gpg_verify(away, "commot", 6, signature.data, signature.len, primary, &when,
			     &expired, &err),
	       JZ_E_CRYPTO, "other bytes do not");
	jz_buf_clear(&signature);
	is_int(jz_gpg_sign(gpg, other, "commit", 6, &signature, signer, &err), 0,
	       "another key signs");
	is_int(jz_gpg_verify(away, "commit", 6, signature.data, signature.len, primary, &when,
			     &expired, &err),
	       JZ_E_CRYPTO, "unknown here");
	is_int(jz_gpg_sign(away, other, "commit", 6, &signature, signer, &err), JZ_E_CRYPTO,
	       "and cannot sign here");
}

/* Has this process no child any more, within a second? */
static bool childless(void)
{
	for (int i = 0; i < 100; i++) {
		if (waitpid(-1, NULL, WNOHANG) < 0)
			return true;
		poll(NULL, 0, 10);
	}
	return false;
}

/* Without bytes gpg would sign that there are none, and ask for a passphrase first. */
static void dies_with_us(struct jz_gpg *gpg)
{
	struct jz_gpg_signing *signing;
	int status = 0;
	pid_t killed;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	killed = fork();
	if (!killed) {
		jz_gpg_sign_start(gpg, fpr, &signing, NULL);
		raise(SIGKILL);
	}
	waitpid(killed, NULL, 0);
	ok(waitpid(-1, &status, 0) > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
	   "a gpg that waits for bytes ends with a process that is killed");
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

static void signatures_ahead(struct jz_gpg *gpg, struct jz_gpg *away)
{
	jz_cleanup(jz_buf_release) struct jz_buf signature = JZ_BUF_INIT;
	jz_cleanup(jz_buf_release) struct jz_buf big = JZ_BUF_INIT;
	struct jz_gpg_signing *signing = NULL;
	struct jz_err err = JZ_ERR_INIT;
	char signer[41] = "", primary[41] = "";
	int64_t when;
	bool expired;

	for (int i = 0; i < 40000; i++) /* more than a socket takes at once */
		jz_buf_adds(&big, "0123456789abcdef");
	is_int(jz_gpg_sign_start(gpg, fpr, &signing, &err), 0, "gpg starts before there are bytes");
	poll(NULL, 0, 20);
	is_int(jz_gpg_sign_end(signing, big.data, big.len, &signature, signer, &err), 0,
	       "and signs them when they come");
	is_int(jz_gpg_verify(away, big.data, big.len, signature.data, signature.len, primary, &when,
			     &expired, &err),
	       0, "all of them");
	is_int(jz_gpg_sign_start(away, other, &signing, &err), 0, "one without the key starts too");
	poll(NULL, 0, 100); /* long enough for it to end; either way it is told */
	is_int(jz_gpg_sign_end(signing, big.data, big.len, &signature, signer, &err), JZ_E_CRYPTO,
	       "and says why it does not sign, whether or not it took the bytes");
	is_int(jz_gpg_sign_start(gpg, fpr, &signing, &err), 0, "one that is not needed");
	jz_gpg_sign_free(signing);
	ok(childless(), "is gone when it is freed");
	dies_with_us(gpg);
}

/* ---- what a gpg may write is its own affair ---- */

static atomic_bool watching;

/* Says how often this process itself was held to less. */
static void *watch_limit(void *data)
{
	struct rlimit first, now;
	long *lowered = data;

	getrlimit(RLIMIT_FSIZE, &first);
	while (atomic_load(&watching)) {
		getrlimit(RLIMIT_FSIZE, &now);
		*lowered += now.rlim_cur != first.rlim_cur;
	}
	return NULL;
}

static void limits(struct jz_gpg *gpg)
{
	jz_cleanup(jz_buf_release) struct jz_buf cipher = JZ_BUF_INIT, back = JZ_BUF_INIT;
	struct jz_err err = JZ_ERR_INIT;
	long lowered = 0;
	pthread_t watcher;

	seal(gpg, fpr, "a plaintext", 11, &cipher);
	atomic_store(&watching, true);
	if (pthread_create(&watcher, NULL, watch_limit, &lowered))
		return;
	for (int i = 0; i < 10; i++) {
		struct jz_gpg_decryption *at_work;

		if (!jz_gpg_decrypt_start(gpg, cipher.data, cipher.len, 11, &at_work, &err))
			jz_gpg_decrypt_end(at_work, &back, NULL, &err);
	}
	atomic_store(&watching, false);
	pthread_join(watcher, NULL);
	is_int(lowered, 0, "while gpg is started, no other thread is held to its limit");
	is_int(back.len, 110, "and it works within the limit");
	jz_buf_clear(&cipher);
	jz_buf_clear(&back);
	for (int i = 0; i < 20000; i++)
		jz_buf_adds(&back, "forty bytes, forty bytes, forty bytes...");
	seal(gpg, fpr, back.data, back.len, &cipher);
	jz_buf_clear(&back);
	is_int(jz_gpg_decrypt(gpg, cipher.data, cipher.len, 1000, &back, NULL, &err), JZ_E_CRYPTO,
	       "what holds more is refused");
	is_int(back.len, 0, "and nothing of it is given out");
}

int main(void)
{
	char one[] = "/tmp/jz.XXXXXX", two[] = "/tmp/jz.XXXXXX";
	struct jz_gpg *gpg, *away;

	if (!mkdtemp(one) || !mkdtemp(two))
		return 1;
	gpg = jz_gpg_new(one);
	away = jz_gpg_new(two);
	keys(gpg, away);
	messages(gpg, away);
	signatures(gpg, away);
	signatures_ahead(gpg, away);
	limits(gpg);
	jz_gpg_free(gpg);
	jz_gpg_free(away);
	jz_gpg_end_agent(one);
	jz_gpg_end_agent(two);
	jz_remove_tree(one, NULL);
	jz_remove_tree(two, NULL);
	return done_testing();
}
