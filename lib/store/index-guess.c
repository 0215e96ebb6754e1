/*
 * Before the repository is opened: where it lies, and who works in it, can be told well enough to set
 * gpg to work on the key of their index. A wrong guess costs a process, and nothing else rests on it.
 */
#include <dirent.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/base/str.h"
#include "lib/store/index-impl.h"
#include "lib/store/state.h"

struct jz_index_guess {
	struct jz_index_key key;
	struct jz_gpg *gpg;
	struct jz_gpg_decryption *opening;
};

static bool has(const char *dir, const char *name)
{
	jz_autofree char *path = jz_path_join(dir, name);

	return jz_exists(path);
}

/* As git searches, but for what only git knows. */
static char *find_git_dir(const char *dir)
{
	char here[PATH_MAX];

	if (!realpath(dir ? dir : ".", here))
		return NULL;
	for (;;) {
		char *slash = strrchr(here, '/');

		if (has(here, ".git/HEAD"))
			return jz_path_join(here, ".git");
		if (has(here, "HEAD") && has(here, "objects") && has(here, "refs"))
			return jz_xstrdup(here);
		if (!slash || slash == here)
			return NULL;
		*slash = '\0';
	}
}

/* Whoever it is said to be, or the only one with an index here. The caller frees. */
static char *guess_person(const char *path)
{
	jz_autofree char *dir = jz_xstrndup(path, (size_t)(strrchr(path, '/') - path));
	const char *hash = strrchr(path, '/') + 1, *said = getenv("JZBF_PERSON");
	struct dirent *entry;
	char *found = NULL;
	DIR *list;

	if (said && *said)
		return jz_xstrdup(said);
	list = opendir(dir);
	while (list && (entry = readdir(list))) {
		if (!jz_starts_with(entry->d_name, hash) ||
		    entry->d_name[strlen(hash)] != '-' || jz_ends_with(entry->d_name, ".lock"))
			continue;
		if (found) { /* two of them */
			free(found);
			found = NULL;
			break;
		}
		found = jz_xstrdup(entry->d_name + strlen(hash) + 1);
	}
	if (list)
		closedir(list);
	return found;
}

struct jz_index_guess *jz_index_guess(const char *dir)
{
	struct jz_index_guess *guess = jz_xcalloc(1, sizeof(*guess));
	jz_autofree char *git_dir = find_git_dir(dir);
	jz_autofree char *path = NULL, *person = NULL;
	char real[PATH_MAX];

	jz_index_key_init(&guess->key);
	if (jz_eq(getenv("JZBF_INDEX"), "off") || !git_dir ||
	    jz_state_path("index", git_dir, real, &path, NULL))
		return guess;
	person = guess_person(path);
	if (!person || jz_summary_start(NULL) ||
	    jz_index_key_load(git_dir, person, &guess->key, NULL) ||
	    jz_index_key_kept(&guess->key))
		return guess;
	guess->gpg = jz_gpg_new(NULL);
	(void)jz_gpg_decrypt_start(guess->gpg, guess->key.wrapped.data, guess->key.wrapped.len,
				   JZ_INDEX_KEY_MAX, &guess->opening, NULL);
	return guess;
}

struct jz_gpg_decryption *jz_index_guessed(struct jz_index_guess *guess,
					   const struct jz_index_key *key)
{
	bool right = guess && guess->opening && guess->key.wrapped.len == key->wrapped.len &&
		     !memcmp(guess->key.wrapped.data, key->wrapped.data, key->wrapped.len);

	return right ? jz_steal(guess->opening) : NULL;
}

void jz_index_guess_free(struct jz_index_guess *guess)
{
	if (!guess)
		return;
	jz_gpg_decrypt_free(guess->opening);
	jz_gpg_free(guess->gpg);
	jz_index_key_release(&guess->key);
	free(guess);
}
