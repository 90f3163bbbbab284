// bpf_probe_read_kernel and its like.

ROW(probe_kernel)
{
	u64 word;

	return GIVE(bpf_probe_read_kernel(&word, sizeof(word), ARG(0, void *)), word);
}

ROW(probe_user)
{
	u32 word;

	return GIVE(bpf_probe_read_user(&word, sizeof(word), ARG(0, void *)), word);
}

ROW(probe_kernel_text)
{
	u8 *buf = text();

	if (!buf)
		return ABSENT;
	return give_text(bpf_probe_read_kernel_str(buf, TEXT_SIZE, ARG(0, void *)));
}

ROW(probe_user_text)
{
	u8 *buf = text();

	if (!buf)
		return ABSENT;
	return give_text(bpf_probe_read_user_str(buf, TEXT_SIZE, ARG(0, void *)));
}
