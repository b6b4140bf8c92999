import { ref } from 'vue'

/** Whether the last request came back from anywhere. */
export const reached = ref(true)
